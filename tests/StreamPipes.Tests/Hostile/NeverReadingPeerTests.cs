#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;

namespace StreamPipes.Tests.Hostile;

/// <summary>A peer that never reads, or a user who never does while the peer sends and sends: memory stays bounded, and limits end it.</summary>
public sealed class NeverReadingPeerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly CountingMemoryPool _pool = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_whose_peer_never_reads_waits_within_its_bounds_until_WriteTimeout(bool isTls)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        (PipeConnection connection, _) = await ConnectAsync(client, peer, isTls, new PipeConnectionOptions { SendPipeOptions = Bounds.PipeOptions(_pool), WriteTimeout = Limit, TimeProvider = _clock });

        StuckFlush stuck = await StuckFlush.CauseAsync(connection.Output);
        Bounds.ShouldHold(_pool);
        connection.Completion.IsCompleted.Should().BeFalse();
        _clock.Advance(Limit + Limit);

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(() => stuck.Flush.Guarded());
        thrown.Message.Should().Contain(nameof(PipeConnectionOptions.WriteTimeout));
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Should().BeSameAs(thrown);
        await connection.DisposeAsync().Guarded();
        await Bounds.ShouldReturnAsync(_pool);
        _clock.ArmedTimers.Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_WriteTimeout_an_abort_ends_a_flush_whose_peer_never_reads(bool isTls)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        (PipeConnection connection, _) = await ConnectAsync(client, peer, isTls, new PipeConnectionOptions { SendPipeOptions = Bounds.PipeOptions(_pool) });
        StuckFlush stuck = await StuckFlush.CauseAsync(connection.Output);

        connection.Abort();

        await Assert.ThrowsAsync<IOException>(() => stuck.Flush.Guarded());
        await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded());
        await connection.DisposeAsync().Guarded();
        await Bounds.ShouldReturnAsync(_pool);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flood_that_nobody_reads_is_held_back(bool isTls)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        (PipeConnection connection, PipeConnection? secured) = await ConnectAsync(client, server, isTls, new PipeConnectionOptions { ReceivePipeOptions = Bounds.PipeOptions(_pool) });
        PipeConnection flooding = secured ?? SocketConnection.Create(server);

        StuckFlush stuck = await StuckFlush.CauseAsync(flooding.Output);

        Bounds.ShouldHold(_pool);
        connection.BytesReceived.Should().BePositive().And.BeLessThan(stuck.Written);
        flooding.Abort();
        await Assert.ThrowsAsync<IOException>(() => stuck.Flush.Guarded());
        connection.Abort();
        await connection.DisposeAsync().Guarded();
        await Bounds.ShouldReturnAsync(_pool);
    }

    /// <summary>A connection under test, and over TLS, or where asked for, one of nobody's at the other end: it reads 128 KiB ahead and then no more.</summary>
    private static async Task<(PipeConnection Connection, PipeConnection? Peer)> ConnectAsync(Socket client, Socket peer, bool isTls, PipeConnectionOptions options)
    {
        if (!isTls) return (SocketConnection.Create(client, options), null);
        Task<PipeConnection> accepting = TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(peer), TestCertificates.ServerOptions());
        PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), TestCertificates.ClientOptions(), options).Guarded();
        return (connection, await accepting.Guarded());
    }
}
#endif
