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

    [Fact]
    public async Task A_token_ends_a_pending_read_and_takes_nothing()
    {
        await using StreamPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        Task<int> read = pair.Server.ReadAsync(new byte[10], source.Token).AsTask();

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        thrown.CancellationToken.Should().Be(source.Token);
        await ShouldTalkAsync(pair);
    }

    [Fact]
    public async Task A_token_ends_a_write_that_waits_and_every_byte_is_still_sent_once()
    {
        SkipIf(CancelledWriteIsCutShort);
        await using StreamPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        Task write = pair.Client.WriteAsync(MoreThanFits, source.Token).AsTask();

        await source.CancelAsync();

        await ShouldBeCancelledAsync(write, source.Token);
        byte[] received = new byte[MoreThanFits.Length];
        await pair.Server.ReadExactlyAsync(received).Guarded();
        Payload.HashOf(received).Should().Be(Payload.HashOf(MoreThanFits));
        await ShouldTalkAsync(pair);
    }

    [Theory]
    [InlineData(WriteFlavour.ArrayAsync)]
    [InlineData(WriteFlavour.MemoryAsync)]
    public async Task A_token_ends_a_write_that_waits_in_any_flavour(WriteFlavour flavour)
    {
        await using StreamPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        byte[] bytes = MoreThanFits;
        Task write = flavour == WriteFlavour.ArrayAsync
            ? pair.Client.WriteAsync(bytes, 0, bytes.Length, source.Token)
            : pair.Client.WriteAsync(bytes, source.Token).AsTask();

        await source.CancelAsync();

        await ShouldBeCancelledAsync(write, source.Token);
        await pair.Server.WriteAsync("hello"u8.ToArray()).Guarded();
        byte[] received = new byte[5];
        await pair.Client.ReadExactlyAsync(received).Guarded();
        received.Should().Equal("hello"u8.ToArray());
    }

    [Fact]
    public async Task A_token_ends_a_flush_that_waits_and_every_byte_is_still_sent_once()
    {
        SkipIf(FlushNeverWaits);
        await using StreamPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        Task write = pair.Client.WriteAsync(MoreThanFits).AsTask();
        Task flush = pair.Client.FlushAsync(source.Token);

        await source.CancelAsync();

        await ShouldBeCancelledAsync(flush, source.Token);
        write.IsCompleted.Should().BeFalse();
        byte[] received = new byte[MoreThanFits.Length];
        await pair.Server.ReadExactlyAsync(received).Guarded();
        await write.Guarded();
        Payload.HashOf(received).Should().Be(Payload.HashOf(MoreThanFits));
        await ShouldTalkAsync(pair);
    }

    [Fact]
    public async Task A_cancelled_token_refuses_a_read_and_a_write()
    {
        await using StreamPair pair = await ConnectAsync();
        CancellationToken cancelled = new(canceled: true);

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.WriteAsync("lost"u8.ToArray(), cancelled).Guarded())).CancellationToken.Should().Be(cancelled);
        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Server.ReadAsync(new byte[1], cancelled).Guarded())).CancellationToken.Should().Be(cancelled);

        await ShouldTalkAsync(pair);
    }

    private static async Task ShouldBeCancelledAsync(Task task, CancellationToken cancellationToken)
    {
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.Guarded());
        thrown.CancellationToken.Should().Be(cancellationToken);
    }

    /// <summary>Not asynchronously, since that would wait for the peer's own close.</summary>
    private static void EndWriting(Stream stream) => stream.Dispose();

    private static async Task WriteInPiecesAsync(Stream stream, byte[] payload, WriteFlavour flavour)
    {
        foreach (byte[] piece in payload.Chunk(777)) await StreamFlavours.WriteAsync(stream, piece, flavour).Guarded();
        await stream.FlushAsync().Guarded();
    }
}
