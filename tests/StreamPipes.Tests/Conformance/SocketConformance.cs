using System.Net.Sockets;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Conformance;

/// <summary>The suite over <see cref="SocketConnection"/>: a subclass names the family.</summary>
public abstract class SocketConformance : PipeConnectionConformance
{
#if !LIBRARY_NETSTANDARD
    protected sealed override Type TransportError => typeof(SocketException);

#endif
    private protected abstract LoopbackListener Listen();

    private protected sealed override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        using LoopbackListener listener = Listen();
        (Socket client, Socket server) = await listener.ConnectPairAsync();

        // For what tests do by hand: a second way to the same sockets.
        StreamPair streams = new(new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true));
        return new ConnectedPair(SocketConnection.Create(client, clientOptions), SocketConnection.Create(server, serverOptions), streams);
    }
}

/// <summary>A TCP socket over IPv4, no stream in between.</summary>
public sealed class SocketIPv4Conformance : SocketConformance
{
    private protected override LoopbackListener Listen() => LoopbackListener.IPv4();
}

/// <summary>A TCP socket over IPv6, no stream in between.</summary>
public sealed class SocketIPv6Conformance : SocketConformance
{
    private protected override LoopbackListener Listen() => LoopbackListener.IPv6();
}

/// <summary>A Unix-domain socket, no stream in between.</summary>
public sealed class SocketUnixConformance : SocketConformance
{
    protected override string? AbortLooksLikeTheEnd => "A Unix-domain socket has no reset: closing it shows the peer the end.";

    private protected override LoopbackListener Listen() => LoopbackListener.Unix();
}
