#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;

namespace StreamPipes.Tests.Listening;

/// <summary>Accepts that fail, on a clock that a test moves.</summary>
public sealed class AcceptFailureTests : IAsyncDisposable
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedListeningSocket _socket = new();
    private readonly FaultLog _faults = new();
    private readonly PipeListener _listener;

    public AcceptFailureTests() => _listener = PipeListener.Over(_socket, new PipeListenerOptions { OnConnectionFault = _faults.Add, Connection = new PipeConnectionOptions { TimeProvider = _clock } });

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact]
    public async Task Without_a_descriptor_the_listener_pauses_tries_again_and_tells_once_until_it_has_had_a_client()
    {
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        await _socket.AskedAsync();
        foreach (int pause in new[] { 10, 20, 40, 80, 160, 320, 320, 320 })
        {
            _socket.Fail(SocketError.TooManyOpenSockets);
            await _clock.WaitForTimersAsync(1).Guarded();
            _clock.Advance(TimeSpan.FromMilliseconds(pause) - Millisecond);
            _socket.IsAsked.Should().BeFalse("the pause is one of {0} ms", pause);
            _clock.Advance(Millisecond);
            await _socket.AskedAsync();
        }

        (Socket client, Socket server) = await SocketPair.TcpAsync();
        _socket.Accept(server);
        await using PipeConnection accepted = await accepting.Guarded();
        _faults.All.Should().ContainSingle().Which.Should().Match<(System.Net.EndPoint? Client, Exception Error)>(fault =>
            fault.Client == null && ((SocketException)fault.Error).SocketErrorCode == SocketError.TooManyOpenSockets);

        Task<PipeConnection> next = _listener.AcceptAsync().AsTask();
        await _socket.AskedAsync();
        _socket.Fail(SocketError.NoBufferSpaceAvailable);
        (await _faults.NextAsync()).Client.Should().BeNull();
        await _faults.NextAsync();
        _faults.All.Should().HaveCount(2);

        accepted.Abort();
        client.Dispose();
        await _listener.DisposeAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.Guarded());
    }

    [Theory]
    [InlineData(SocketError.ConnectionAborted)]
    [InlineData(SocketError.ConnectionReset)]
    [InlineData(SocketError.NetworkUnreachable)]
    public async Task A_client_that_leaves_before_it_is_accepted_is_no_fault_and_the_next_is_accepted_at_once(SocketError error)
    {
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        for (int i = 0; i < 100; i++)
        {
            await _socket.AskedAsync();
            _socket.Fail(error);
        }

        await _socket.AskedAsync();
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        _socket.Accept(server);

        (await accepting.Guarded()).Abort();
        _faults.All.Should().BeEmpty();
        client.Dispose();
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_the_pause_to_end()
    {
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        await _socket.AskedAsync();
        _socket.Fail(SocketError.TooManyOpenSockets);
        await _clock.WaitForTimersAsync(1).Guarded();

        await _listener.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting.Guarded());
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_client_that_is_accepted_in_the_moment_of_the_stop_is_closed()
    {
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        await _socket.AskedAsync();
        (Socket client, Socket server) = await SocketPair.TcpAsync();

        // The accept is over before the stop, the loop runs after it.
        _socket.Accept(server);
        await _listener.DisposeAsync().Guarded();

        Exception? thrown = await Thrown.ByAsync(async () => (await accepting.Guarded()).Abort());
        if (thrown is not null) Assert.IsType<ObjectDisposedException>(thrown);
        await Clients.ShouldBeClosedAsync(client);
        client.Dispose();
    }

    [Fact]
    public async Task A_clock_whose_timers_fail_too_does_not_end_the_listener()
    {
        ScriptedListeningSocket socket = new();
        await using PipeListener listener = PipeListener.Over(socket, new PipeListenerOptions { Connection = new PipeConnectionOptions { TimeProvider = new NoTimers() } });
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        for (int i = 0; i < 3; i++)
        {
            await socket.AskedAsync();
            socket.Fail(SocketError.TooManyOpenSockets);
        }

        await socket.AskedAsync();
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        socket.Accept(server);

        (await accepting.Guarded()).Abort();
        client.Dispose();
    }

    [Fact]
    public async Task A_callback_for_faults_that_throws_hurts_nothing()
    {
        ScriptedListeningSocket socket = new();
        await using PipeListener listener = PipeListener.Over(socket, new PipeListenerOptions { OnConnectionFault = (_, _) => throw new InvalidOperationException("not now") });
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        await socket.AskedAsync();
        socket.Fail(SocketError.TooManyOpenSockets);
        await socket.AskedAsync();
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        socket.Accept(server);

        (await accepting.Guarded()).Abort();
        client.Dispose();
    }

    /// <summary>What the runtime's own does that has no descriptor left to start a thread with.</summary>
    private sealed class NoTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new InvalidOperationException("There is no thread for timers.");
    }
}
#endif
