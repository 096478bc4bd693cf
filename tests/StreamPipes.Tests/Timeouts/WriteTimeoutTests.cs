#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Timeouts;

/// <summary><see cref="PipeConnectionOptions.WriteTimeout"/>: how long one write or flush of the stream may take.</summary>
public sealed class WriteTimeoutTests
{
    private static readonly TimeSpan Limit = TimedOutAssertions.Limit;
    private static readonly TimeSpan Moment = TimedOutAssertions.Moment;

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedStream _stream = new();
    private readonly PipeConnectionOptions _options;

    public WriteTimeoutTests() => _options = new PipeConnectionOptions { TimeProvider = _clock, WriteTimeout = Limit };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_or_a_flush_that_does_not_end_aborts_the_connection(bool isFlush)
    {
        StreamOperation operation = isFlush ? StreamOperation.Flush : StreamOperation.Write;
        PipeConnection connection = StreamConnection.Create(_stream.Hold(operation), _options);
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        await connection.Output.WriteTextAsync("bytes");
        await _stream.GetCalledTask(operation).Guarded();

        _clock.Advance(Limit);

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(() => read.Guarded());
        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.WriteTimeout));
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Should().BeSameAs(thrown);
        _stream.IsDisposed.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task WriteTimeout_counts_from_the_start_of_the_write_and_not_from_the_last_look()
    {
        PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Write), _options);
        _clock.Advance(Limit / 2);
        await connection.Output.WriteTextAsync("bytes");
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();

        _clock.Advance(Limit - Moment);
        connection.ShouldBeAlive();
        _clock.Advance(Moment + Moment);

        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.WriteTimeout));
    }

    [Fact]
    public async Task Each_write_has_the_whole_WriteTimeout()
    {
        PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { TimeProvider = _clock, WriteTimeout = Limit, FlushThrough = true });
        for (int write = 1; write <= 5; write++)
        {
            _ = _stream.Hold(StreamOperation.Write);
            Task writing = connection.Output.WriteTextAsync("bytes");
            await _stream.GetCalledTask(StreamOperation.Write, write).Guarded();
            _clock.Advance(Limit - Moment);
            _ = _stream.Release(StreamOperation.Write);
            await writing.Guarded();
        }

        connection.ShouldBeAlive();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task WriteTimeout_does_not_run_while_nothing_is_written()
    {
        PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { TimeProvider = _clock, WriteTimeout = Limit, FlushThrough = true });
        await connection.Output.WriteTextAsync("bytes");

        for (int i = 0; i < 100; i++) _clock.Advance(Limit);

        connection.ShouldBeAlive();
        await connection.DisposeAsync().Guarded();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task The_shorter_of_two_limits_comes_first()
    {
        PipeConnectionOptions options = new() { TimeProvider = _clock, WriteTimeout = Limit, IdleTimeout = Limit * 3 };
        PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Write), options);
        _clock.Advance(Limit);
        await connection.Output.WriteTextAsync("bytes");
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();

        _clock.Advance(Limit + Moment);

        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.WriteTimeout));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_socket_whose_peer_does_not_read_is_given_up(bool flushThrough)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        PipeConnection connection = SocketConnection.Create(client, new PipeConnectionOptions { TimeProvider = _clock, WriteTimeout = Limit, FlushThrough = flushThrough });
        StuckFlush stuck = await StuckFlush.OverflowAsync(connection.Output);

        // What gets further meanwhile starts the limit anew.
        await _clock.AdvanceUntilAsync(stuck.Flush);

        await Assert.ThrowsAsync<TimeoutException>(() => stuck.Flush.Guarded());
        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.WriteTimeout));
    }

    [Fact]
    public async Task A_dispose_that_waits_for_a_stuck_write_ends_at_WriteTimeout()
    {
        PipeConnectionOptions options = new() { TimeProvider = _clock, WriteTimeout = Limit, CloseTimeout = Timeout.InfiniteTimeSpan };
        PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Write), options);
        await connection.Output.WriteTextAsync("bytes");
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();

        _clock.Advance(Limit);

        await disposing.Guarded();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        _clock.ArmedTimers.Should().Be(0);
    }
}
#endif
