using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    /// <summary>Why ReadAtLeast waits for more bytes than it was asked for when some were examined before and kept.</summary>
    protected virtual string? ReadAtLeastForgetsWhatWasKept => null;

    /// <summary>Why the bytes that were there when a ReadAtLeast was cancelled come only with the next ones.</summary>
    protected virtual string? CancelledReadAtLeastHidesBytes => null;

    /// <summary>Why TryRead does not report the end.</summary>
    protected virtual string? TryReadAtTheEndDeviates => null;

    /// <summary>Why an examined position before the consumed one is not refused.</summary>
    protected virtual string? ExaminedBeforeConsumedDeviates => null;

    [Fact]
    public async Task ReadAtLeast_counts_what_was_examined_and_kept()
    {
        SkipIf(ReadAtLeastForgetsWhatWasKept);
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult kept = await input.ReadAtLeastAsync(5).Guarded();
        input.AdvanceTo(kept.Buffer.Start, kept.Buffer.End);

        await pair.Client.Output.WriteTextAsync("!");

        ReadResult result = await input.ReadAtLeastAsync(6).Guarded();
        Encoding.UTF8.GetString(result.Buffer).Should().Be("hello!");
        input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task ReadAtLeast_refuses_a_negative_size()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await pair.Server.Input.ReadAtLeastAsync(-1).Guarded());

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task ReadAtLeast_of_nothing_is_a_read()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Server.Input.ReadAtLeastAsync(0).AsTask();

        await pair.Client.Output.WriteTextAsync("x");

        ReadResult result = await read.Guarded();
        Encoding.UTF8.GetString(result.Buffer).Should().Be("x");
        pair.Server.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task What_a_cancelled_ReadAtLeast_has_shown_and_nobody_examined_comes_back_at_once()
    {
        SkipIf(CancelledReadAtLeastHidesBytes);
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        await BufferAsync(pair, "hello");
        Task<ReadResult> read = input.ReadAtLeastAsync(100).AsTask();

        input.CancelPendingRead();

        ReadResult cancelled = await read.Guarded();
        cancelled.IsCanceled.Should().BeTrue();
        cancelled.IsCompleted.Should().BeFalse();
        input.AdvanceTo(cancelled.Buffer.Start);
        (await input.ReadTextAsync(5)).Should().Be("hello");
    }

    [Fact]
    public async Task What_a_ReadAtLeast_has_waited_on_comes_at_once_after_its_token_has_fired()
    {
        SkipIf(CancelledReadAtLeastHidesBytes);
        await using ConnectedPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        await BufferAsync(pair, "hello");
        Task<ReadResult> read = pair.Server.Input.ReadAtLeastAsync(100, source.Token).AsTask();

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        thrown.CancellationToken.Should().Be(source.Token);
        (await pair.Server.Input.ReadTextAsync(5)).Should().Be("hello");
    }

    [Fact]
    public async Task A_token_that_fires_after_the_read_changes_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult result = await pair.Server.Input.ReadAtLeastAsync(5, source.Token).Guarded();

        await source.CancelAsync();

        Encoding.UTF8.GetString(result.Buffer).Should().Be("hello");
        pair.Server.Input.AdvanceTo(result.Buffer.End);
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Two_cancellations_without_a_read_are_one_and_TryRead_sees_it()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        input.CancelPendingRead();
        input.CancelPendingRead();

        input.TryRead(out ReadResult cancelled).Should().BeTrue();
        cancelled.IsCanceled.Should().BeTrue();
        input.AdvanceTo(cancelled.Buffer.Start);

        input.TryRead(out _).Should().BeFalse();
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task TryRead_reports_the_end_again_and_again()
    {
        SkipIf(TryReadAtTheEndDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        await EndSendingAsync(pair.Client);
        await pair.Server.Input.ShouldEndAsync();

        for (int i = 0; i < 3; i++)
        {
            pair.Server.Input.TryRead(out ReadResult result).Should().BeTrue();
            result.IsCompleted.Should().BeTrue();
            result.Buffer.IsEmpty.Should().BeTrue();
            pair.Server.Input.AdvanceTo(result.Buffer.End);
        }
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

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(4095, 1)]
    public async Task Bytes_taken_in_steps_of_any_size_are_the_bytes_sent(int consumed, int lookAhead)
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(consumed == 1 ? 3000 : 200_000);
        Task sending = SendAsync(pair.Client.Output, payload, seed: 8);
        ArrayBufferWriter<byte> received = new(payload.Length);

        while (received.WrittenCount < payload.Length)
        {
            ReadResult result = await pair.Server.Input.ReadAsync().Guarded();
            ReadOnlySequence<byte> step = result.Buffer.Slice(0, Math.Min(consumed, result.Buffer.Length));
            SequencePosition examined = result.Buffer.GetPosition(Math.Min(step.Length + lookAhead, result.Buffer.Length));
            foreach (ReadOnlyMemory<byte> memory in step) received.Write(memory.Span);
            bool isLast = received.WrittenCount + result.Buffer.Length - step.Length == payload.Length;
            pair.Server.Input.AdvanceTo(step.End, isLast ? step.End : examined);
        }

        await sending.Guarded();
        received.WrittenSpan.SequenceEqual(payload).Should().BeTrue();
    }

    /// <summary>Sends the text, and lets it come, unexamined.</summary>
    private static async Task BufferAsync(ConnectedPair pair, string text)
    {
        await pair.Client.Output.WriteTextAsync(text);
        ReadResult result = await pair.Server.Input.ReadAtLeastAsync(text.Length).Guarded();
        pair.Server.Input.AdvanceTo(result.Buffer.Start);
    }
}
