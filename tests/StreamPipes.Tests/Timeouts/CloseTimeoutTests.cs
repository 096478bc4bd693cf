#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;

namespace StreamPipes.Tests.Timeouts;

/// <summary><see cref="PipeConnectionOptions.CloseTimeout"/>: how long closing may take.</summary>
public sealed class CloseTimeoutTests
{
    private static readonly TimeSpan Limit = TimedOutAssertions.Limit;
    private static readonly TimeSpan Moment = TimedOutAssertions.Moment;

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedStream _stream = new();
    private readonly PipeConnectionOptions _options;

    public CloseTimeoutTests() => _options = new PipeConnectionOptions { TimeProvider = _clock, CloseTimeout = Limit };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_unsent_at_CloseTimeout_are_dropped_and_reported(bool byDispose)
    {
        PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Write), _options);
        connection.Output.Put("bytes"u8);
        Task closing = byDispose ? connection.DisposeAsync().AsTask() : CompleteBothAsync(connection);
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();
        await _clock.WaitForTimersAsync(1).Guarded();
        _clock.Advance(Limit - Moment);
        connection.Completion.IsCompleted.Should().BeFalse();

        _clock.Advance(Moment);

        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Message.Should().Contain($"CloseTimeout of {Limit}").And.Contain("5 bytes, which are lost");
        await Thrown.ByAsync(() => closing.Guarded());
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        _stream.Written.Should().BeEmpty();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_peer_that_never_closes_is_waited_for_until_CloseTimeout_and_that_is_no_error()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        PipeConnection connection = SocketConnection.Create(client, _options);
        connection.Output.Put("bytes"u8);
        Task disposing = connection.DisposeAsync().AsTask();
        byte[] got = new byte[10];
        (await peer.ReceiveAsync(got).Guarded()).Should().Be(5);
        (await peer.ReceiveAsync(got).Guarded()).Should().Be(0);
        await _clock.WaitForTimersAsync(1).Guarded();
        disposing.IsCompleted.Should().BeFalse();

        _clock.Advance(Limit);

        await disposing.Guarded();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_flush_that_does_not_end_by_CloseTimeout_is_reported_as_what_it_is()
    {
        PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Flush), _options);
        connection.Output.Put("bytes"u8);
        Task disposing = connection.DisposeAsync().AsTask();
        await _stream.GetCalledTask(StreamOperation.Flush).Guarded();
        await _clock.WaitForTimersAsync(1).Guarded();

        _clock.Advance(Limit);

        await disposing.Guarded();
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Message.Should().Contain("had taken every byte").And.Contain("flush or half-close");
    }

    [Theory]
    [InlineData(0, "00:00:01")]
    [InlineData(10, "the CloseTimeout of 00:00:10")]
    public async Task A_stream_that_is_not_released_is_reported_with_the_time_it_had(int seconds, string expected)
    {
        PipeConnectionOptions options = new() { TimeProvider = _clock, CloseTimeout = TimeSpan.FromSeconds(seconds) };
        PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Dispose), options);
        Task disposing = connection.DisposeAsync().AsTask();
        await _stream.Disposed.Guarded();
        while (!disposing.IsCompleted)
        {
            await Task.WhenAny(disposing, _clock.WaitForTimersAsync(1)).Guarded();
            _clock.Advance(Limit);
        }

        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Message.Should().Contain($"not released within {expected}");
    }

    [Fact]
    public void A_CloseTimeout_that_is_refused_is_told_that_it_may_be_zero() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipeConnectionOptions { CloseTimeout = TimeSpan.FromSeconds(-2) }).Message.Should().Contain("a CloseTimeout or ShutdownTimeout may be zero");

    [Fact]
    public async Task A_close_in_good_time_leaves_no_timer()
    {
        PipeConnection connection = StreamConnection.Create(_stream, _options);
        await connection.Output.WriteTextAsync("bytes");

        await connection.DisposeAsync().Guarded();

        await connection.Completion.Guarded();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task Without_CloseTimeout_no_timer_is_armed()
    {
        PipeConnection connection = StreamConnection.Create(
            _stream.Hold(StreamOperation.Write), new PipeConnectionOptions { TimeProvider = _clock, CloseTimeout = Timeout.InfiniteTimeSpan });
        connection.Output.Put("bytes"u8);
        Task disposing = connection.DisposeAsync().AsTask();
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();

        _clock.ArmedTimers.Should().Be(0);
        _ = _stream.Release(StreamOperation.Write);

        await disposing.Guarded();
        _stream.Written.Should().Equal("bytes"u8.ToArray());
    }

    private static async Task CompleteBothAsync(PipeConnection connection)
    {
        connection.Input.Complete();
        await connection.Output.CompleteAsync();
    }
}
#endif
