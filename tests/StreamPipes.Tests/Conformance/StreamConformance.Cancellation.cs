namespace StreamPipes.Tests.Conformance;

public abstract partial class StreamConformance
{
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

    private static async Task ShouldBeCancelledAsync(Task task, CancellationToken cancellationToken)
    {
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.Guarded());
        thrown.CancellationToken.Should().Be(cancellationToken);
    }
}
