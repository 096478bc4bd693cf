using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    /// <summary>Why a second flush beside one that waits is not refused, or hurts.</summary>
    protected virtual string? SecondFlushDeviates => null;

    [Fact]
    public async Task A_second_flush_beside_one_that_waits_is_refused_and_hurts_nothing()
    {
        SkipIf(SecondFlushDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Client.Output.FlushAsync().Guarded());

        byte[] received = await pair.Server.Input.TakeAsync(stuck.Written);
        await stuck.Flush.Guarded();
        Payload.HashOf(received).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
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
    public async Task Empty_writes_and_flushes_of_nothing_change_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        for (int i = 0; i < 10; i++)
        {
            (await pair.Client.Output.WriteAsync(ReadOnlyMemory<byte>.Empty).Guarded()).IsCompleted.Should().BeFalse();
            pair.Client.Output.Put([]);
            (await pair.Client.Output.FlushAsync().Guarded()).IsCanceled.Should().BeFalse();
        }

        pair.Server.Input.TryRead(out _).Should().BeFalse();
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Sizes_that_cannot_be_are_refused_and_hurt_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeWriter output = pair.Client.Output;

        Assert.Throws<ArgumentOutOfRangeException>(() => output.GetMemory(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = output.GetSpan(-1));
        Memory<byte> memory = output.GetMemory(10);
        Assert.ThrowsAny<Exception>(() => output.Advance(memory.Length + 1)).Should().Match(e => e is ArgumentOutOfRangeException || e is InvalidOperationException);
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(-1));

        output.UnflushedBytes.Should().Be(0);
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

    [Fact]
    public async Task Memory_kept_across_a_flush_that_does_not_cover_it_is_still_the_writers()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeWriter output = pair.Client.Output;
        output.Put("one"u8);
        await output.FlushAsync().Guarded();
        Memory<byte> memory = output.GetMemory(3);
        "two"u8.CopyTo(memory.Span);

        (await pair.Server.Input.ReadTextAsync(3)).Should().Be("one");
        output.Advance(3);
        await output.FlushAsync().Guarded();

        (await pair.Server.Input.ReadTextAsync(3)).Should().Be("two");
    }
}
