using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task A_flush_with_a_cancelled_token_throws_that_token_and_the_bytes_are_sent_once()
    {
        SkipIf(PrecancelledFlushDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        CancellationToken cancelled = new(canceled: true);
        pair.Client.Output.Put("hello"u8);

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.Output.FlushAsync(cancelled).Guarded());

        thrown.CancellationToken.Should().Be(cancelled);
        await pair.Client.Output.WriteTextAsync(" world");
        await EndSendingAsync(pair.Client);
        (await pair.Server.Input.TakeAllAsync()).Should().Equal("hello world"u8.ToArray());
    }

    [Fact]
    public async Task A_token_ends_a_waiting_flush_and_every_byte_is_still_sent_once()
    {
        SkipIf(CancelledFlushIsUnsafe);
        await using ConnectedPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output, source.Token);

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.Flush.Guarded());
        thrown.CancellationToken.Should().Be(source.Token);
        await ShouldArriveOnceAsync(pair, stuck);
    }

    [Fact]
    public async Task A_token_ends_a_waiting_write_and_every_byte_is_still_sent_once()
    {
        SkipIf(CancelledFlushIsUnsafe);
        await using ConnectedPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        byte[] payload = Payload.Seeded(16 * 1024 * 1024, seed: 79);
        Task<FlushResult> write = pair.Client.Output.WriteAsync(payload, source.Token).AsTask();

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.Guarded());
        thrown.CancellationToken.Should().Be(source.Token);
        Payload.HashOf(await pair.Server.Input.TakeAsync(payload.Length)).Should().Be(Payload.HashOf(payload));
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task CancelPendingFlush_ends_a_waiting_flush_and_every_byte_is_still_sent_once()
    {
        SkipIf(CancelledFlushIsUnsafe);
        await using ConnectedPair pair = await ConnectAsync();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);

        pair.Client.Output.CancelPendingFlush();

        FlushResult result = await stuck.Flush.Guarded();
        result.IsCanceled.Should().BeTrue();
        result.IsCompleted.Should().BeFalse();
        await ShouldArriveOnceAsync(pair, stuck);
    }

    [Fact]
    public async Task CancelPendingFlush_without_a_flush_cancels_the_next_one_only()
    {
        SkipIf(CancelledFlushIsUnsafe);
        await using ConnectedPair pair = await ConnectAsync();
        pair.Client.Output.CancelPendingFlush();

        (await pair.Client.Output.WriteAsync("one"u8.ToArray()).Guarded()).IsCanceled.Should().BeTrue();
        (await pair.Client.Output.WriteAsync("two"u8.ToArray()).Guarded()).IsCanceled.Should().BeFalse();

        await EndSendingAsync(pair.Client);
        (await pair.Server.Input.TakeAllAsync()).Should().Equal("onetwo"u8.ToArray());
    }

    [Fact]
    public async Task Two_cancellations_without_a_flush_are_one()
    {
        SkipIf(CancelledFlushIsUnsafe);
        await using ConnectedPair pair = await ConnectAsync();
        pair.Client.Output.CancelPendingFlush();
        pair.Client.Output.CancelPendingFlush();

        (await pair.Client.Output.FlushAsync().Guarded()).IsCanceled.Should().BeTrue();
        (await pair.Client.Output.FlushAsync().Guarded()).IsCanceled.Should().BeFalse();

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Two_cancellations_of_a_waiting_flush_leave_none_or_one_to_the_next()
    {
        SkipIf(CancelledFlushIsUnsafe);
        await using ConnectedPair pair = await ConnectAsync();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);
        pair.Client.Output.CancelPendingFlush();
        pair.Client.Output.CancelPendingFlush();
        (await stuck.Flush.Guarded()).IsCanceled.Should().BeTrue();
        Payload.HashOf(await pair.Server.Input.TakeAsync(stuck.Written)).Should().Be(Payload.HashOf(stuck.ExpectedBytes));

        // The second came before the flush had told of the first, or after.
        _ = (await pair.Client.Output.FlushAsync().Guarded()).IsCanceled;

        (await pair.Client.Output.FlushAsync().Guarded()).IsCanceled.Should().BeFalse();
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_write_with_a_cancelled_token_takes_nothing()
    {
        SkipIf(PrecancelledFlushDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        CancellationToken cancelled = new(canceled: true);

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.Output.WriteAsync(new byte[5], cancelled).Guarded());

        thrown.CancellationToken.Should().Be(cancelled);
        pair.Client.Output.UnflushedBytes.Should().Be(0);
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_flush_with_a_cancelled_token_leaves_the_bytes_to_the_next_write()
    {
        SkipIf(CancelledFlushIsUnsafe);
        await using ConnectedPair pair = await ConnectAsync();
        pair.Client.Output.Put("abc"u8);

        await Thrown.ByAsync(() => pair.Client.Output.FlushAsync(new CancellationToken(canceled: true)).Guarded());
        await pair.Client.Output.WriteTextAsync("def");

        pair.Client.Output.UnflushedBytes.Should().Be(0);
        (await pair.Server.Input.ReadTextAsync(6)).Should().Be("abcdef");
    }

    [Fact]
    public async Task A_token_that_fires_after_the_flush_changes_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        await pair.Client.Output.WriteAsync("hello"u8.ToArray(), source.Token).Guarded();

        await source.CancelAsync();

        (await pair.Server.Input.ReadTextAsync(5)).Should().Be("hello");
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    private static async Task ShouldArriveOnceAsync(ConnectedPair pair, StuckFlush stuck)
    {
        byte[] received = await pair.Server.Input.TakeAsync(stuck.Written);
        Payload.HashOf(received).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }
}
