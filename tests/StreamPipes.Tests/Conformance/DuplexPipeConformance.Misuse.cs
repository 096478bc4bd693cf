using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task A_second_read_beside_a_pending_one_is_refused_and_hurts_nothing()
    {
        SkipIf(SecondReadDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> first = pair.Server.Input.ReadAsync().AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Server.Input.ReadAsync().Guarded());

        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult result = await first.Guarded();
        pair.Server.Input.AdvanceTo(result.Buffer.Start);
        (await pair.Server.Input.ReadTextAsync(5)).Should().Be("hello");
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task AdvanceTo_without_a_read_is_refused_and_hurts_nothing()
    {
        SkipIf(StrayAdvanceDeviates);
        await using ConnectedPair pair = await ConnectAsync();

        Assert.Throws<InvalidOperationException>(() => pair.Server.Input.AdvanceTo(default));

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task AdvanceTo_of_nothing_is_allowed_after_a_TryRead_that_found_nothing_and_loses_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;

        input.TryRead(out ReadResult nothing).Should().BeFalse();
        input.AdvanceTo(nothing.Buffer.Start, nothing.Buffer.End);
        input.TryRead(out _).Should().BeFalse();
        input.AdvanceTo(default);

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult first = await input.ReadAtLeastAsync(5).Guarded();
        input.AdvanceTo(first.Buffer.GetPosition(2), first.Buffer.End);
        input.TryRead(out _).Should().BeFalse("everything was examined");
        input.AdvanceTo(default);
        await pair.Client.Output.WriteTextAsync(" world");
        (await input.ReadTextAsync(9)).Should().Be("llo world");
    }

    [Fact]
    public async Task AdvanceTo_of_nothing_is_allowed_after_a_read_that_its_token_ended_and_loses_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        using CancellationTokenSource source = new();
        Task<ReadResult> read = input.ReadAsync(source.Token).AsTask();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        input.AdvanceTo(default);

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_position_of_an_earlier_read_is_refused_and_hurts_nothing()
    {
        SkipIf(StalePositionDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult first = await input.ReadAtLeastAsync(5).Guarded();
        SequencePosition stale = first.Buffer.Start;
        SequencePosition two = first.Buffer.GetPosition(2);
        input.AdvanceTo(two, two);
        ReadResult second = await input.ReadAsync().Guarded();

        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(stale));
        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(stale, second.Buffer.End));

        input.AdvanceTo(second.Buffer.Start);
        (await input.ReadTextAsync(3)).Should().Be("llo");
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_position_beyond_the_end_is_refused_and_hurts_nothing()
    {
        SkipIf(PositionBeyondTheEndDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult result = await input.ReadAtLeastAsync(5).Guarded();
        SequencePosition end = result.Buffer.End;
        SequencePosition beyond = new(end.GetObject(), end.GetInteger() + 1);

        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(beyond));
        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(result.Buffer.Start, beyond));

        input.AdvanceTo(result.Buffer.Start);
        (await input.ReadTextAsync(5)).Should().Be("hello");
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task AdvanceTo_twice_is_refused_and_hurts_nothing()
    {
        SkipIf(SecondAdvanceDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult result = await input.ReadAtLeastAsync(5).Guarded();
        SequencePosition two = result.Buffer.GetPosition(2);
        SequencePosition end = result.Buffer.End;
        input.AdvanceTo(two, two);

        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(two, two));
        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(end));

        (await input.ReadTextAsync(3)).Should().Be("llo");
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Reading_after_Complete_is_refused_and_sending_goes_on()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Server.Input.CompleteAsync().Guarded();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Server.Input.ReadAsync().Guarded());
        Assert.Throws<InvalidOperationException>(() => pair.Server.Input.TryRead(out _));

        await pair.Server.Output.WriteTextAsync("still here");
        (await pair.Client.Input.ReadTextAsync(10)).Should().Be("still here");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writing_after_Complete_is_refused_and_receiving_goes_on(bool byServer)
    {
        SkipIf(NoHalfClose);
        await using ConnectedPair pair = await ConnectAsync();
        (IDuplexPipe first, IDuplexPipe second) = pair.Ends(byServer);
        await first.Output.CompleteAsync().Guarded();

        Assert.Throws<InvalidOperationException>(() => first.Output.GetMemory());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first.Output.WriteAsync(new byte[1]).Guarded());
        first.Output.Advance(0);

        await second.Output.WriteTextAsync("still here");
        (await first.Input.ReadTextAsync(10)).Should().Be("still here");
    }

    [Fact]
    public async Task Completing_again_changes_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await EndSendingAsync(pair.Client);
        await EndSendingAsync(pair.Client);
        await pair.Client.Output.CompleteAsync(new IOException("too late")).Guarded();

        await pair.Server.Input.ShouldEndAsync();
    }

    [Fact]
    public async Task A_position_examined_before_the_one_consumed_is_refused()
    {
        SkipIf(ExaminedBeforeConsumedDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult result = await pair.Server.Input.ReadAtLeastAsync(5).Guarded();

        Assert.Throws<InvalidOperationException>(() => pair.Server.Input.AdvanceTo(result.Buffer.End, result.Buffer.Start));
    }

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
}
