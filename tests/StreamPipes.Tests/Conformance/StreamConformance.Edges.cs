namespace StreamPipes.Tests.Conformance;

public abstract partial class StreamConformance
{
    [Theory]
    [InlineData(WriteFlavour.Array)]
    [InlineData(WriteFlavour.Span)]
    [InlineData(WriteFlavour.ArrayAsync)]
    [InlineData(WriteFlavour.MemoryAsync)]
    [InlineData(WriteFlavour.BeginEnd)]
    public async Task An_empty_write_in_any_flavour_sends_nothing_and_is_no_end(WriteFlavour flavour)
    {
        await using StreamPair pair = await ConnectAsync();

        for (int i = 0; i < 3; i++) await StreamFlavours.WriteAsync(pair.Client, ReadOnlyMemory<byte>.Empty, flavour).Guarded();
        await pair.Client.FlushAsync().Guarded();

        await ShouldTalkAsync(pair);
    }

    [Fact]
    public async Task Begin_and_End_hand_on_the_state_and_call_back_once()
    {
        await using StreamPair pair = await ConnectAsync();
        TaskCompletionSource<IAsyncResult> read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<IAsyncResult> written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        object state = new();
        byte[] buffer = new byte[8];

        IAsyncResult reading = pair.Server.BeginRead(buffer, 2, 5, read.SetResult, state);
        pair.Client.BeginWrite("-hello-"u8.ToArray(), 1, 5, written.SetResult, state);

        IAsyncResult writeResult = await written.Task.Guarded();
        writeResult.AsyncState.Should().BeSameAs(state);
        pair.Client.EndWrite(writeResult);
        await pair.Client.FlushAsync().Guarded();
        IAsyncResult readResult = await read.Task.Guarded();
        readResult.AsyncState.Should().BeSameAs(state);
        readResult.IsCompleted.Should().BeTrue();
        reading.AsyncState.Should().BeSameAs(state);
        pair.Server.EndRead(readResult).Should().Be(5);
        buffer.Should().Equal("\0\0hello\0"u8.ToArray());
    }

    [Fact]
    public async Task End_without_a_Begin_is_refused_by_its_name()
    {
        await using StreamPair pair = await ConnectAsync();

        ShouldRefuse("asyncResult", () => pair.Client.EndRead(null!));
        ShouldRefuse("asyncResult", () => pair.Client.EndWrite(null!));
    }

    [Fact]
    public async Task A_token_that_fires_after_the_read_changes_nothing()
    {
        await using StreamPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        byte[] buffer = new byte[5];
        await pair.Client.WriteAsync("hello"u8.ToArray(), source.Token).Guarded();
        await pair.Server.ReadExactlyAsync(buffer, source.Token).Guarded();

        await source.CancelAsync();

        await ShouldTalkAsync(pair);
    }

    [Fact]
    public async Task Reads_that_are_cancelled_again_and_again_lose_no_byte()
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(50_000);
        Task writing = WriteInPiecesAsync(pair.Client, payload, WriteFlavour.MemoryAsync);
        byte[] received = new byte[payload.Length];

        for (int count = 0, i = 0; count < received.Length; i++)
        {
            using CancellationTokenSource source = new();
            Task<int> read = pair.Server.ReadAsync(received.AsMemory(count, Math.Min(500, received.Length - count)), source.Token).AsTask();
            if (i % 2 == 0) await source.CancelAsync();
            if (await Thrown.ByAsync(() => read.Guarded()) is { } thrown) thrown.Should().BeAssignableTo<OperationCanceledException>();
            else count += await read;
        }

        await writing.Guarded();
        received.Should().Equal(payload);
    }

    [Fact]
    public async Task A_token_ends_a_copy_and_what_was_not_copied_is_still_there()
    {
        await using StreamPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        using MemoryStream destination = new();
        Task copying = pair.Server.CopyToAsync(destination, source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.Guarded());
        await ShouldTalkAsync(pair);
    }

    [Fact]
    public async Task A_flush_in_any_flavour_beside_a_pending_read_ends()
    {
        await using StreamPair pair = await ConnectAsync();
        Task<int> read = pair.Client.ReadAsync(new byte[1]).AsTask();

        await Task.Run(pair.Client.Flush).Guarded();
        await pair.Client.FlushAsync().Guarded();

        read.IsCompleted.Should().BeFalse();
        await pair.Server.WriteAsync("x"u8.ToArray()).Guarded();
        (await read.Guarded()).Should().Be(1);
    }
}
