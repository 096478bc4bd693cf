#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The row "Abort": at once, whatever is stuck.</summary>
public sealed class AbortTests
{
    private readonly InvalidDataException _reason = new("enough");
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abort_ends_a_stuck_read_and_a_stuck_write_and_disposes_the_stream(bool ignoresTokens)
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = ignoresTokens }.Hold(StreamOperation.Write);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        ValueTask<FlushResult> flush = connection.Output.WriteAsync(SmallPipe.MoreThanFits);
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        connection.Abort(_reason);

        await read.ShouldThrowAsync(_reason);
        await flush.ShouldThrowAsync(_reason);
        await connection.ShouldHaveEndedWithAsync(_reason, CloseReason.Aborted);
        await connection.Output.CompleteAsync().ShouldThrowAsync(_reason);
        stream.IsDisposed.Should().BeTrue();
        stream.Written.Should().BeEmpty();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task Abort_ends_a_CompleteAsync_that_waits()
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Hold(StreamOperation.Write);
        await using PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("never sent"u8);
        ValueTask completing = connection.Output.CompleteAsync();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        completing.IsCompleted.Should().BeFalse();

        connection.Abort(_reason);

        await completing.ShouldThrowAsync(_reason);
    }

    [Fact]
    public async Task Abort_ends_a_DisposeAsync_that_waits()
    {
        ScriptedStream stream = NeverReadsStream.Create();
        PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        connection.Output.Put("never sent"u8);
        Task disposing = connection.DisposeAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        disposing.IsCompleted.Should().BeFalse();

        connection.Abort(_reason);

        await disposing.Guarded();
        await connection.Completion.ShouldThrowAsync(_reason);
        connection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task Abort_of_a_stream_that_stays_stuck_even_so_ends_after_the_close_timeout()
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true, StaysStuckAfterDispose = true }.Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        connection.Output.Put("never sent"u8);
        connection.Output.Complete();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        connection.Abort(_reason);
        await read.ShouldThrowAsync(_reason);
        await stream.Disposed.Guarded();
        connection.Completion.IsCompleted.Should().BeFalse();
        await _clock.AdvanceUntilAsync(connection.Completion);

        await connection.Completion.ShouldThrowAsync(_reason);
        connection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task Abort_without_a_reason_throws_one_IOException_that_says_so()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream());

        connection.Abort();

        Exception? thrown = await Thrown.ByAsync(() => connection.Completion.Guarded());
        thrown.Should().BeOfType<IOException>().Which.Message.Should().Contain("aborted");
        await connection.ShouldHaveEndedWithAsync(thrown!, CloseReason.Aborted);
    }

    [Fact]
    public async Task Abort_drops_what_was_received_and_not_read()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("bytes"));
        (await connection.Input.PeekTextAsync(0)).Should().Be("bytes");

        connection.Abort(_reason);

        await connection.ShouldHaveEndedWithAsync(_reason, CloseReason.Aborted);
    }

    [Fact]
    public async Task Completing_the_output_with_an_exception_aborts_and_drops_what_is_unsent()
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Hold(StreamOperation.Write);
        await using PipeConnection connection = StreamConnection.Create(stream);
        await connection.Output.WriteTextAsync("flushed");
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        connection.Output.Put("half a mess"u8);
        ValueTask<ReadResult> read = connection.Input.ReadAsync();

        await connection.Output.CompleteAsync(_reason).Guarded();

        await read.ShouldThrowAsync(_reason);
        await connection.Completion.ShouldThrowAsync(_reason);
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        stream.Written.Should().BeEmpty();
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task An_abort_after_an_orderly_completion_of_the_output_still_aborts()
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Hold(StreamOperation.Write);
        await using PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("half a mess"u8);
        connection.Output.Complete();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        connection.Abort(_reason);

        await connection.Completion.ShouldThrowAsync(_reason);
        stream.Written.Should().BeEmpty();
    }

    [Fact]
    public async Task An_exception_out_of_a_callback_of_the_stream_does_not_reach_whoever_aborts()
    {
        using CallbackThrowsStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        await stream.Reading.Guarded();

        connection.Abort(_reason);

        await read.ShouldThrowAsync(_reason);
        await connection.Completion.ShouldThrowAsync(_reason);
    }

    /// <summary>Its read registers a callback with the token, and the callback throws.</summary>
    private sealed class CallbackThrowsStream : TestStream
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<int> _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reading => _reading.Task;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.Register(() => throw new InvalidOperationException("out of a callback"));
            _reading.TrySetResult();
            return new ValueTask<int>(_disposed.Task);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            _disposed.TrySetException(new ObjectDisposedException("the stream"));
            return default;
        }
    }
}
#endif
