using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task A_token_ends_a_pending_read_and_nothing_else()
    {
        await using ConnectedPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        Task<ReadResult> read = pair.Server.Input.ReadAsync(source.Token).AsTask();
        read.IsCompleted.Should().BeFalse();

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        thrown.CancellationToken.Should().Be(source.Token);
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_read_with_a_cancelled_token_throws_that_token_and_takes_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("hello");
        CancellationToken cancelled = new(canceled: true);

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Server.Input.ReadAsync(cancelled).Guarded());

        thrown.CancellationToken.Should().Be(cancelled);
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
    public async Task CancelPendingRead_ends_a_pending_read_and_is_not_the_end()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        Task<ReadResult> read = input.ReadAsync().AsTask();

        input.CancelPendingRead();

        ReadResult result = await read.Guarded();
        result.IsCanceled.Should().BeTrue();
        result.IsCompleted.Should().BeFalse();
        input.AdvanceTo(result.Buffer.End);
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task CancelPendingRead_without_a_read_cancels_the_next_one_only()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        input.CancelPendingRead();

        ReadResult cancelled = await input.ReadAsync().Guarded();
        cancelled.IsCanceled.Should().BeTrue();
        cancelled.IsCompleted.Should().BeFalse();
        input.AdvanceTo(cancelled.Buffer.Start);

        Task<ReadResult> next = input.ReadAsync().AsTask();
        next.IsCompleted.Should().BeFalse();
        await pair.Client.Output.WriteTextAsync("x");
        ReadResult result = await next.Guarded();
        result.IsCanceled.Should().BeFalse();
        Encoding.UTF8.GetString(result.Buffer).Should().Be("x");
        input.AdvanceTo(result.Buffer.End);
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

    /// <summary>Sends the text, and lets it come, unexamined.</summary>
    private static async Task BufferAsync(ConnectedPair pair, string text)
    {
        await pair.Client.Output.WriteTextAsync(text);
        ReadResult result = await pair.Server.Input.ReadAtLeastAsync(text.Length).Guarded();
        pair.Server.Input.AdvanceTo(result.Buffer.Start);
    }
}
