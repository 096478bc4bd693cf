#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Timeouts;

/// <summary><see cref="PipeConnectionOptions.IdleTimeout"/>: how long there may be no byte in either direction.</summary>
public sealed class IdleTimeoutTests
{
    private static readonly TimeSpan Limit = TimedOutAssertions.Limit;
    private static readonly TimeSpan Moment = TimedOutAssertions.Moment;

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedStream _stream = new();
    private readonly PipeConnectionOptions _options;

    public IdleTimeoutTests() => _options = new PipeConnectionOptions { TimeProvider = _clock, IdleTimeout = Limit };

    [Fact]
    public async Task An_idle_connection_is_aborted_and_its_stream_disposed()
    {
        PipeConnection connection = StreamConnection.Create(_stream, _options);
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();

        _clock.Advance(Limit);

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(() => read.Guarded());
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Should().BeSameAs(thrown);
        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.IdleTimeout));
        _stream.IsDisposed.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_connection_is_not_aborted_a_moment_before_IdleTimeout()
    {
        PipeConnection connection = StreamConnection.Create(_stream, _options);

        _clock.Advance(Limit - Moment);

        connection.ShouldBeAlive();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task Received_bytes_restart_IdleTimeout()
    {
        PipeConnection connection = StreamConnection.Create(_stream, _options);
        for (int i = 0; i < 5; i++)
        {
            _clock.Advance(Limit - Moment);
            _ = _stream.Read("news");
            (await connection.Input.ReadTextAsync(4)).Should().Be("news");
        }

        _clock.Advance(Limit - Moment);
        connection.ShouldBeAlive();
        _clock.Advance(Moment + Moment);

        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.IdleTimeout));
    }

    [Fact]
    public async Task Sent_bytes_restart_IdleTimeout()
    {
        PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { TimeProvider = _clock, IdleTimeout = Limit, FlushThrough = true });
        for (int i = 0; i < 5; i++)
        {
            _clock.Advance(Limit - Moment);
            await connection.Output.WriteTextAsync("news");
        }

        _clock.Advance(Limit - Moment);
        connection.ShouldBeAlive();
        _clock.Advance(Moment + Moment);

        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.IdleTimeout));
    }

    [Fact]
    public async Task A_flush_of_nothing_is_no_activity()
    {
        PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { TimeProvider = _clock, IdleTimeout = Limit, FlushThrough = true });
        _clock.Advance(Limit - Moment);
        await connection.Output.FlushAsync().Guarded();
        await _stream.GetCalledTask(StreamOperation.Flush).Guarded();

        _clock.Advance(Moment + Moment);

        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.IdleTimeout));
    }

    [Fact]
    public async Task IdleTimeout_ends_a_half_closed_connection()
    {
        PipeConnection connection = StreamConnection.Create(_stream.Eof(), _options);
        await connection.Input.ShouldEndAsync();

        _clock.Advance(Limit);

        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Output.WriteAsync(new byte[1]).Guarded());
    }

    [Fact]
    public async Task IdleTimeout_does_not_run_during_the_close()
    {
        PipeConnection connection = StreamConnection.Create(
            _stream.Hold(StreamOperation.Write),
            new PipeConnectionOptions { TimeProvider = _clock, IdleTimeout = Limit, CloseTimeout = 2 * Limit });
        connection.Output.Put("not to be lost"u8);
        Task disposing = connection.DisposeAsync().AsTask();
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();

        _clock.Advance(Limit + Moment);

        connection.ShouldBeAlive();
        _stream.Release(StreamOperation.Write);
        await disposing.Guarded();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
        _stream.Written.Should().Equal("not to be lost"u8.ToArray());
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_peer_that_this_side_holds_up_is_not_idle()
    {
        HandedOperations reads = new();
        PipeOptions small = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50, useSynchronizationContext: false);
        PipeConnection connection = PipeConnection.Over(
            new TransportDouble(_stream) { Reads = reads },
            new PipeConnectionOptions { TimeProvider = _clock, IdleTimeout = Limit, ReceivePipeOptions = small });
        (await reads.NextAsync()).Complete(100);

        _clock.Advance(3 * Limit);
        connection.ShouldBeAlive();
        ReadResult result = await connection.Input.ReadAsync().Guarded();
        result.Buffer.Length.Should().Be(100);
        connection.Input.AdvanceTo(result.Buffer.End);
        await reads.NextAsync();
        _clock.Advance(Limit - Moment);
        connection.ShouldBeAlive();
        _clock.Advance(Moment + Moment);

        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.IdleTimeout));
    }

    [Fact]
    public async Task The_peer_of_an_idle_socket_is_reset()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        PipeConnection connection = SocketConnection.Create(client, _options);

        _clock.Advance(Limit);

        await connection.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.IdleTimeout));
        (await Assert.ThrowsAsync<SocketException>(() => peer.ReceiveAsync(new byte[1]).Guarded())).SocketErrorCode.Should().Be(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task IdleTimeout_counts_from_the_end_of_the_handshake()
    {
        StreamPair tcp = await StreamPairs.TcpAsync();
        Task<PipeConnection> serving = TlsConnection.AuthenticateAsServerAsync(tcp.Server, TestCertificates.ServerOptions());
        PipeConnection client = await TlsConnection.AuthenticateAsClientAsync(tcp.Client, TestCertificates.ClientOptions(), _options).Guarded();
        PipeConnection server = await serving.Guarded();
        await PipeExtensions.ShouldTalkAsync(client, server);

        _clock.Advance(Limit + Moment);

        await client.ShouldHaveTimedOutAsync(nameof(PipeConnectionOptions.IdleTimeout));
        server.Abort();
    }
}
#endif
