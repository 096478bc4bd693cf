#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls;

/// <summary>How the end of the peer looks: with close_notify, without it, in the middle of a record, and as a reset.</summary>
public sealed class TlsEndingTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task FIN_without_close_notify_reads_as_the_end_and_is_told_as_truncated(SslProtocols protocol)
    {
        (PipeConnection connection, SslStream peer, Socket socket) = await ConnectAsync(protocol);
        await peer.WriteAsync("cut"u8.ToArray()).Guarded();

        socket.Shutdown(SocketShutdown.Send);

        (await connection.Input.ReadTextAsync(3)).Should().Be("cut");
        await connection.Input.ShouldEndAsync();
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.Truncated);
        await peer.DisposeAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task FIN_in_the_middle_of_a_record_is_an_IOException_after_all_that_was_whole(SslProtocols protocol)
    {
        (PipeConnection connection, SslStream peer, Socket socket) = await ConnectAsync(protocol, stream => new CutStream(stream));
        await peer.WriteAsync("whole"u8.ToArray()).Guarded();
        CutStream cut = CutStream.Under(peer);
        cut.IsCutting = true;
        await peer.WriteAsync("half"u8.ToArray()).Guarded();

        socket.Shutdown(SocketShutdown.Send);

        (await connection.Input.ReadTextAsync(5)).Should().Be("whole");
        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => connection.Input.ReadAsync().Guarded());
        (await Assert.ThrowsAnyAsync<IOException>(() => connection.Completion.Guarded())).Should().BeSameAs(thrown);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        await peer.DisposeAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_reset_is_the_sockets_own_error_at_both_ends(SslProtocols protocol)
    {
        (PipeConnection connection, SslStream peer, Socket socket) = await ConnectAsync(protocol);
        await peer.WriteAsync("last words"u8.ToArray()).Guarded();
        (await connection.Input.ReadTextAsync(10)).Should().Be("last words");
        ValueTask<ReadResult> read = connection.Input.ReadAsync();

        socket.Close(timeout: 0);

        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => read.Guarded());
        thrown.GetBaseException().Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        (await Assert.ThrowsAnyAsync<IOException>(() => connection.Output.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(thrown);
        (await Assert.ThrowsAnyAsync<IOException>(() => connection.Completion.Guarded())).Should().BeSameAs(thrown);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        await peer.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_session_that_is_busy_when_it_is_half_closed_is_half_closed_a_moment_later(int times)
    {
        (PipeConnection connection, BusySslStream session, SslStream peer) = await ConnectBusyAsync(times);
        await connection.Output.WriteAsync("all of it"u8.ToArray()).Guarded();

        await connection.Output.CompleteAsync().AsTask().Guarded();

        session.Shutdowns.Should().Be(times + 1);
        using StreamReader reader = new(peer, leaveOpen: true);
        (await reader.ReadToEndAsync().Guarded()).Should().Be("all of it");
        await peer.DisposeAsync();
        await connection.DisposeAsync().Guarded();
        connection.CloseReason.Should().BeOneOf(CloseReason.RemoteClose, CloseReason.LocalClose);
    }

    [Fact]
    public async Task A_session_that_cannot_be_half_closed_at_all_is_a_write_fault_with_what_the_cryptography_says_inside()
    {
        (PipeConnection connection, BusySslStream session, SslStream peer) = await ConnectBusyAsync(int.MaxValue);

        IOException thrown = await Assert.ThrowsAsync<IOException>(() => connection.Output.CompleteAsync().AsTask().Guarded());

        thrown.InnerException.Should().BeOfType<System.Security.Cryptography.CryptographicException>();
        session.Shutdowns.Should().Be(6);
        await peer.DisposeAsync();
        await connection.DisposeAsync().Guarded();
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
    }

    [Fact]
    public async Task An_abort_resets_the_peers_socket()
    {
        (PipeConnection connection, SslStream peer, _) = await ConnectAsync(SslProtocols.Tls13);
        Task<int> read = peer.ReadAsync(new byte[10]).AsTask();

        connection.Abort();

        (await Assert.ThrowsAnyAsync<IOException>(() => read.Guarded())).GetBaseException()
            .Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        await peer.DisposeAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Half_close_works_both_ways(SslProtocols protocol)
    {
        (PipeConnection connection, SslStream peer, _) = await ConnectAsync(protocol);
        byte[] buffer = new byte[10];

        await connection.Output.CompleteAsync().Guarded();
        (await peer.ReadAsync(buffer).Guarded()).Should().Be(0);
        await peer.WriteAsync("still here"u8.ToArray()).Guarded();
        (await connection.Input.ReadTextAsync(10)).Should().Be("still here");
        await peer.ShutdownAsync().Guarded();
        await connection.Input.ShouldEndAsync();
        await peer.DisposeAsync();
        await connection.Completion.Guarded();

        (connection, peer, _) = await ConnectAsync(protocol);
        await peer.ShutdownAsync().Guarded();
        await connection.Input.ShouldEndAsync();
        await connection.Output.WriteTextAsync("still here");
        await connection.Output.CompleteAsync().Guarded();
        await peer.ReadExactlyAsync(buffer).Guarded();
        buffer.Should().Equal("still here"u8.ToArray());
        (await peer.ReadAsync(buffer).Guarded()).Should().Be(0);
        await peer.DisposeAsync();
        await connection.Completion.Guarded();
    }

    /// <summary>A client of ours and a plain TLS server, with its socket in reach.</summary>
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task FIN_without_close_notify_is_a_fault_of_the_read_where_close_notify_is_required(SslProtocols protocol)
    {
        (PipeConnection connection, SslStream peer, Socket socket) = await ConnectAsync(protocol, options: new PipeConnectionOptions { RequireCloseNotify = true });
        await peer.WriteAsync("cut"u8.ToArray()).Guarded();

        socket.Shutdown(SocketShutdown.Send);

        (await connection.Input.ReadTextAsync(3)).Should().Be("cut");
        (await Assert.ThrowsAsync<IOException>(() => connection.Input.ReadAsync().Guarded())).Message.Should().Contain("close_notify");
        await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        await peer.DisposeAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_close_notify_is_an_end_in_order_whatever_follows_it(SslProtocols protocol)
    {
        (PipeConnection connection, SslStream peer, Socket socket) = await ConnectAsync(protocol, options: new PipeConnectionOptions { RequireCloseNotify = true });

        await peer.ShutdownAsync().Guarded();
        socket.Shutdown(SocketShutdown.Send);

        await connection.Input.ShouldEndAsync();
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task LeaveOpen_over_a_connection_is_refused_since_nobody_could_reach_its_stream()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        await using PipeConnection connection = SocketConnection.Create(client);

        Func<Task> handshake = () => TlsConnection.AuthenticateAsClientAsync(connection, TlsOptions.Client(), new PipeConnectionOptions { LeaveOpen = true });

        (await handshake.Should().ThrowAsync<ArgumentException>()).Which.Message.Should().Contain("DetachAsync");
        connection.CloseReason.Should().Be(CloseReason.None);
        server.Dispose();
    }

    private static async Task<(PipeConnection Connection, SslStream Peer, Socket PeerSocket)> ConnectAsync(SslProtocols protocol, Func<Stream, Stream>? under = null, PipeConnectionOptions? options = null)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        Stream carrier = new NetworkStream(server, ownsSocket: true);
        SslStream peer = new ReachableSslStream(under is null ? carrier : under(carrier));
        Task accepting = peer.AuthenticateAsServerAsync(TlsOptions.Server(protocol));
        PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), TlsOptions.Client(protocol), options).Guarded();
        await accepting.Guarded();
        return (connection, peer, server);
    }

    private static async Task<(PipeConnection Connection, BusySslStream Session, SslStream Peer)> ConnectBusyAsync(int times)
    {
        StreamPair tcp = await StreamPairs.TcpAsync();
        BusySslStream session = new(tcp.Client, times);
        SslStream peer = new(tcp.Server);
        await Task.WhenAll(session.AuthenticateAsClientAsync(TestCertificates.ClientOptions()), peer.AuthenticateAsServerAsync(TestCertificates.ServerOptions())).Guarded();
        return (StreamConnection.Create(session), session, peer);
    }
}
#endif
