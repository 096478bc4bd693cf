#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The rows "DisposeAsync" and "stream.Dispose() throws".</summary>
public sealed class DisposeTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Dispose_sends_what_was_written_and_never_flushed()
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        connection.Output.Put("not flushed"u8);

        await connection.DisposeAsync().Guarded();

        stream.Written.Should().Equal("not flushed"u8.ToArray());
        stream.FlushedBytes.Should().Be(11);
        stream.Calls(StreamOperation.Dispose).Should().Be(1);
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
        connection.Completion.IsCompletedSuccessfully.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_second_dispose_waits_for_the_first()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Dispose);
        PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        Task first = connection.DisposeAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Dispose).Guarded();

        Task second = connection.DisposeAsync().AsTask();
        second.IsCompleted.Should().BeFalse();
        stream.Release(StreamOperation.Dispose);

        await first.Guarded();
        await second.Guarded();
        stream.Calls(StreamOperation.Dispose).Should().Be(1);
    }

    [Fact]
    public async Task After_the_dispose_both_ends_throw_ObjectDisposedException()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream());
        ValueTask<ReadResult> pending = connection.Input.ReadAsync();
        await connection.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending.Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.Input.ReadAsync().Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.Output.FlushAsync().Guarded());
    }

    [Fact]
    public async Task A_peer_that_never_reads_holds_the_dispose_up_only_for_the_close_timeout()
    {
        ScriptedStream stream = NeverReadsStream.Create();
        PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        connection.Output.Put("never sent"u8);
        Task disposing = connection.DisposeAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        await _clock.WaitForTimersAsync(1).Guarded();

        _clock.Advance(Clockwork.CloseTimeout - TimeSpan.FromTicks(1));
        disposing.IsCompleted.Should().BeFalse();
        stream.IsDisposed.Should().BeFalse();
        _clock.Advance(TimeSpan.FromTicks(1));

        await disposing.Guarded();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        stream.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_never_reads_its_socket_holds_the_dispose_up_only_for_the_close_timeout(bool tls)
    {
        await using StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client, _clock.Options());
        StuckFlush stuck = await StuckFlush.OverflowAsync(connection.Output);
        Task disposing = connection.DisposeAsync().AsTask();
        await _clock.WaitForTimersAsync(1).Guarded();
        disposing.IsCompleted.Should().BeFalse();

        await _clock.AdvanceUntilAsync(disposing);

        await disposing.Guarded();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        await Assert.ThrowsAsync<TimeoutException>(() => stuck.Flush.Guarded());
    }

    [Fact]
    public async Task With_a_close_timeout_of_zero_nothing_is_waited_for()
    {
        ScriptedStream stream = NeverReadsStream.Create();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { CloseTimeout = TimeSpan.Zero });
        connection.Output.Put("never sent"u8);

        await connection.DisposeAsync().Guarded();

        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        stream.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_streams_dispose_throws_is_on_Completion_and_nowhere_else(bool byDispose)
    {
        InvalidOperationException failure = new("cannot be disposed");
        ScriptedStream stream = new ScriptedStream().Fail(StreamOperation.Dispose, failure);
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);

        if (byDispose)
        {
            await connection.DisposeAsync().Guarded();
        }
        else
        {
            await connection.Input.CompleteAsync().Guarded();
            await connection.Output.CompleteAsync().Guarded();
        }

        await connection.Completion.ShouldThrowAsync(failure);
        stream.Written.Should().Equal("bytes"u8.ToArray());
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task The_first_error_stays_when_the_streams_dispose_throws_too()
    {
        InvalidDataException fault = new("the stream broke");
        ScriptedStream stream = new ScriptedStream().ReadError(fault).Fail(StreamOperation.Dispose, new InvalidOperationException("cannot be disposed"));
        await using PipeConnection connection = StreamConnection.Create(stream);

        await connection.ShouldHaveEndedWithAsync(fault, CloseReason.ReadFault);
    }

    [Fact]
    public async Task A_stream_whose_dispose_never_returns_is_abandoned_after_the_close_timeout()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Dispose);
        PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        Task disposing = connection.DisposeAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Dispose).Guarded();
        disposing.IsCompleted.Should().BeFalse();

        await _clock.AdvanceUntilAsync(disposing);

        await disposing.Guarded();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        stream.Release(StreamOperation.Dispose);
    }

    [Fact]
    public async Task A_read_that_not_even_the_dispose_ends_is_abandoned_after_the_close_timeout()
    {
        ScriptedStream stream = new() { IgnoresTokens = true, StaysStuckAfterDispose = true };
        PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await stream.Disposed.Guarded();

        await _clock.AdvanceUntilAsync(disposing);

        await disposing.Guarded();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
    }
}
#endif
