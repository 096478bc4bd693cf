using System.Net.Sockets;

namespace StreamPipes.Tests.Detach;

/// <summary>Detaching a socket: it comes back as a stream that owns it.</summary>
public sealed class SocketDetachTests : DetachConformance
{
    [Fact]
    public async Task The_stream_is_a_NetworkStream_that_owns_the_socket()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        PipeConnection connection = SocketConnection.Create(client);

        DetachedStream detached = await connection.DetachAsync().Guarded();

        detached.Stream.Should().BeOfType<NetworkStream>().Which.Socket.Should().BeSameAs(client);
        await detached.Stream.DisposeAsync();
        (await peer.ReceiveAsync(new byte[1]).Guarded()).Should().Be(0);
        Assert.Throws<ObjectDisposedException>(() => client.Send(new byte[1]));
    }

    private protected override async Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        StreamPair streams = new(new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true));
        return new DetachPair(SocketConnection.Create(client, options), streams);
    }
}
