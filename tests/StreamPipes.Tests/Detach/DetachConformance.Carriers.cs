using System.Net.Sockets;

namespace StreamPipes.Tests.Detach;

/// <summary>Detaching our own stream over a pipe.</summary>
public sealed class AsStreamDetachTests : DetachConformance
{
    private protected override Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        StreamPair streams = StreamPairs.InMemory();
        return Task.FromResult(new DetachPair(StreamConnection.Create(streams.Client, options), streams));
    }
}

/// <summary>Detaching a socket's stream.</summary>
public sealed class NetworkStreamDetachTests : DetachConformance
{
    private protected override async Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        StreamPair streams = await StreamPairs.TcpAsync();
        return new DetachPair(StreamConnection.Create(streams.Client, options), streams);
    }
}

/// <summary>Detaching a TLS session.</summary>
public sealed class SslStreamDetachTests : DetachConformance
{
    private protected override async Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        StreamPair streams = await StreamPairs.TlsAsync();
        return new DetachPair(StreamConnection.Create(streams.Client, options), streams);
    }
}

/// <summary>Detaching a socket: it comes back as a stream that owns it.</summary>
public sealed class SocketDetachTests : DetachConformance
{
    [Fact]
    public async Task A_detached_socket_is_a_NetworkStream_that_owns_it()
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

#if !LIBRARY_NETSTANDARD
    [Fact]
    public async Task A_non_blocking_socket_is_blocking_once_it_is_detached()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        client.Blocking = false;
        PipeConnection connection = SocketConnection.Create(client);
        client.Blocking.Should().BeFalse("its options stay as they are");
        await connection.Output.WriteTextAsync("ask");

        DetachedStream detached = await connection.DetachAsync().Guarded();

        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.Detached);
        client.Blocking.Should().BeTrue("there is no NetworkStream over any other");
        byte[] received = new byte[3];
        (await peer.ReceiveAsync(received).Guarded()).Should().Be(3);
        peer.Send(received);
        await detached.Stream.ReadExactlyAsync(received.AsMemory()).Guarded();
        received.Should().Equal("ask"u8.ToArray());
        await detached.Stream.DisposeAsync();
    }
#endif

    private protected override async Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        StreamPair streams = new(new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true));
        return new DetachPair(SocketConnection.Create(client, options), streams);
    }
}
