using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>How a plain peer sees a connection end: FIN, RST, and what is left in the system's tables.</summary>
public sealed class SocketCloseTests
{
    private const int Megabyte = 1024 * 1024;
    private const int TimeWait = 6;

    [Fact]
    public async Task Completing_the_output_sends_FIN_and_the_other_direction_goes_on()
    {
        (PipeConnection connection, _, Socket peer) = await ConnectAsync();
        using Socket plain = peer;
        connection.Output.Put("that is all"u8);

        await connection.Output.CompleteAsync().Guarded();

        (await ReceiveAllAsync(peer)).Should().Equal("that is all"u8.ToArray());
        await peer.SendAsync("not from here"u8.ToArray()).Guarded();
        (await connection.Input.ReadTextAsync(13)).Should().Be("not from here");
        peer.Shutdown(SocketShutdown.Send);
        await connection.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public async Task Abort_sends_RST_although_a_read_is_pending()
    {
        (PipeConnection connection, _, Socket peer) = await ConnectAsync();
        using Socket plain = peer;
        Task read = connection.Input.ReadAsync().AsTask();
        Task<int> receiving = peer.ReceiveAsync(new byte[10]);

        connection.Abort();

        (await Assert.ThrowsAsync<SocketException>(() => receiving.Guarded())).SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        await Assert.ThrowsAnyAsync<IOException>(() => read.Guarded());
    }

    [Fact]
    public async Task Abort_sends_RST_although_a_send_is_stuck()
    {
        (PipeConnection connection, _, Socket peer) = await ConnectAsync();
        using Socket plain = peer;
        StuckFlush stuck = await StuckFlush.OverflowAsync(connection.Output);

        connection.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => stuck.Flush.Guarded());
        (await Assert.ThrowsAsync<SocketException>(() => ReceiveAllAsync(peer))).SocketErrorCode.Should().Be(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task A_socket_that_is_left_open_is_not_reset_by_an_abort()
    {
        (PipeConnection connection, Socket near, Socket peer) = await ConnectAsync(new PipeConnectionOptions { LeaveOpen = true });
        using Socket plain = peer;
        using Socket own = near;

        connection.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => connection.Completion.Guarded());

        await near.SendAsync("alive"u8.ToArray()).Guarded();
        byte[] got = new byte[5];
        (await peer.ReceiveAsync(got).Guarded()).Should().Be(5);
    }

    [Fact]
    public async Task An_aborted_connection_leaves_no_TIME_WAIT()
    {
        (PipeConnection connection, Socket near, Socket peer) = await ConnectAsync();
        (int local, int remote) = (PortOf(near.LocalEndPoint), PortOf(near.RemoteEndPoint));
        await connection.Output.WriteTextAsync("hello");

        connection.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => connection.Completion.Guarded());
        peer.Dispose();

        TcpStates.Between(local, remote).Should().BeEmpty();
        TcpStates.Between(remote, local).Should().BeEmpty();
    }

    [Fact]
    public async Task A_connection_closed_in_order_leaves_TIME_WAIT_as_TCP_wants_it()
    {
        (PipeConnection connection, Socket near, Socket peer) = await ConnectAsync();
        (int local, int remote) = (PortOf(near.LocalEndPoint), PortOf(near.RemoteEndPoint));
        await connection.Output.CompleteAsync().Guarded();

        (await ReceiveAllAsync(peer)).Should().BeEmpty();
        peer.Dispose();
        await connection.DisposeAsync().Guarded();

        TcpStates.Between(local, remote).Should().Equal(TimeWait);
    }

    [Fact]
    public async Task A_graceful_close_with_unread_input_loses_nothing()
    {
        (PipeConnection connection, _, Socket peer) = await ConnectAsync();
        await using NetworkStream plain = new(peer, ownsSocket: true);
        byte[] payload = Payload.Seeded(Megabyte);
        Task unread = plain.WriteAsync(Payload.Seeded(Megabyte, seed: 2)).AsTask();
        connection.Output.Put(payload);

        Task disposing = connection.DisposeAsync().AsTask();

        byte[] got = new byte[Megabyte];
        await plain.ReadExactlyAsync(got).Guarded();
        Payload.HashOf(got).Should().Be(Payload.HashOf(payload));
        (await plain.ReadAsync(got).Guarded()).Should().Be(0);
        await unread.Guarded();
        await plain.DisposeAsync().Guarded();
        await disposing.Guarded();
        await connection.Completion.Guarded();
    }

    [Fact]
    public async Task A_peer_that_resets_is_the_sockets_own_error_at_every_end()
    {
        (PipeConnection connection, _, Socket peer) = await ConnectAsync();
        Task read = connection.Input.ReadAsync().AsTask();

        peer.Close(timeout: 0);

        Exception thrown = await Thrown.SurelyByAsync(() => read.Guarded());
        thrown.GetBaseException().Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        (await Thrown.SurelyByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(thrown);
        (await Thrown.SurelyByAsync(() => connection.Output.FlushAsync().Guarded())).Should().BeSameAs(thrown);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
    }

    private static async Task<(PipeConnection Connection, Socket Near, Socket Peer)> ConnectAsync(PipeConnectionOptions? options = null)
    {
        (Socket near, Socket peer) = await SocketPair.TcpAsync();
        return (SocketConnection.Create(near, options), near, peer);
    }

    private static int PortOf(EndPoint? endPoint) => ((IPEndPoint)endPoint!).Port;

    private static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        using MemoryStream bytes = new();
        byte[] buffer = new byte[Megabyte];
        while (await socket.ReceiveAsync(buffer).Guarded() is > 0 and int count) bytes.Write(buffer, 0, count);
        return bytes.ToArray();
    }
}
