namespace StreamPipes.Tests.Conformance;

public abstract partial class StreamConformance
{
    [Theory]
    [CombinatorialFlavours]
    public async Task Every_flavour_of_read_and_write_carries_the_same_bytes(ReadFlavour read, WriteFlavour write)
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(12_000);
        Task writing = WriteInPiecesAsync(pair.Client, payload, write);
        byte[] received = new byte[payload.Length];

        for (int count = 0; count < received.Length;)
        {
            int step = await StreamFlavours.ReadAsync(pair.Server, received.AsMemory(count, Math.Min(999, received.Length - count)), read).Guarded();
            step.Should().BePositive();
            count += step;
        }

        await writing.Guarded();
        received.Should().Equal(payload);
    }

    [Fact]
    public async Task A_read_into_an_empty_buffer_waits_for_data_and_takes_none()
    {
        await using StreamPair pair = await ConnectAsync();
        Task<int> memory = pair.Server.ReadAsync(Memory<byte>.Empty).AsTask();
        memory.IsCompleted.Should().BeFalse();

        await pair.Client.WriteAsync("x"u8.ToArray()).Guarded();

        (await memory.Guarded()).Should().Be(0);
        (await pair.Server.ReadAsync([], 0, 0).Guarded()).Should().Be(0);
        pair.Server.Read([], 0, 0).Should().Be(0);
        pair.Server.ReadByte().Should().Be('x');
    }

    [Fact]
    public async Task The_end_is_reported_in_every_flavour_again_and_again()
    {
        await using StreamPair pair = await ConnectAsync();
        await pair.Client.WriteAsync("last"u8.ToArray()).Guarded();
        EndWriting(pair.Client);
        byte[] buffer = new byte[10];
        await pair.Server.ReadExactlyAsync(buffer.AsMemory(0, 4)).Guarded();

        foreach (ReadFlavour flavour in Enum.GetValues<ReadFlavour>().Except([ReadFlavour.ReadExactly]))
        {
            (await StreamFlavours.ReadAsync(pair.Server, buffer, flavour).Guarded()).Should().Be(0, "of {0}", flavour);
        }

        pair.Server.ReadByte().Should().Be(-1);
        (await pair.Server.ReadAsync(Memory<byte>.Empty).Guarded()).Should().Be(0);
        await Assert.ThrowsAsync<EndOfStreamException>(() => pair.Server.ReadExactlyAsync(buffer).Guarded());
    }

    [Fact]
    public async Task A_pending_read_sees_the_end()
    {
        await using StreamPair pair = await ConnectAsync();
        Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();

        EndWriting(pair.Client);

        (await read.Guarded()).Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(81_920)]
    public async Task CopyToAsync_copies_up_to_the_end_at_any_buffer_size(int bufferSize)
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(70_001);
        using MemoryStream destination = new();
        Task copying = pair.Server.CopyToAsync(destination, bufferSize);

        await WriteInPiecesAsync(pair.Client, payload, WriteFlavour.MemoryAsync);
        EndWriting(pair.Client);

        await copying.Guarded();
        destination.ToArray().AsSpan().SequenceEqual(payload).Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(81_920)]
    public async Task CopyTo_copies_up_to_the_end_at_any_buffer_size(int bufferSize)
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(70_001);
        using MemoryStream destination = new();
        Task copying = Task.Run(() => pair.Server.CopyTo(destination, bufferSize));

        await WriteInPiecesAsync(pair.Client, payload, WriteFlavour.Array);
        EndWriting(pair.Client);

        await copying.Guarded();
        destination.ToArray().AsSpan().SequenceEqual(payload).Should().BeTrue();
    }

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

    private static async Task WriteInPiecesAsync(Stream stream, byte[] payload, WriteFlavour flavour)
    {
        foreach (byte[] piece in payload.Chunk(777)) await StreamFlavours.WriteAsync(stream, piece, flavour).Guarded();
        await stream.FlushAsync().Guarded();
    }

    /// <summary>Not asynchronously, since that would wait for the peer's own close.</summary>
    private static void EndWriting(Stream stream) => stream.Dispose();
}
