using System.Net.Sockets;
using StreamPipes.Tests.Conformance;

namespace StreamPipes.Tests.Memory;

/// <summary>The streams of an in-memory pair.</summary>
public sealed class InMemoryMemoryTests : MemoryConformance
{
    private protected override Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options)
    {
        StreamPair streams = StreamPairs.InMemory();
        return Task.FromResult(new ConnectedPair(StreamConnection.Create(streams.Client, options), StreamConnection.Create(streams.Server, options), streams));
    }
}

/// <summary>A socket's stream.</summary>
public sealed class NetworkStreamMemoryTests : MemoryConformance
{
    private protected override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options)
    {
        StreamPair streams = await StreamPairs.TcpAsync();
        return new ConnectedPair(StreamConnection.Create(streams.Client, options), StreamConnection.Create(streams.Server, options), streams);
    }
}

/// <summary>A TLS session over a socket's stream.</summary>
public sealed class SslStreamMemoryTests : MemoryConformance
{
    private protected override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options)
    {
        StreamPair streams = await StreamPairs.TlsAsync();
        return new ConnectedPair(StreamConnection.Create(streams.Client, options), StreamConnection.Create(streams.Server, options), streams);
    }
}

/// <summary>A socket, no stream in between.</summary>
public sealed class SocketMemoryTests : MemoryConformance
{
    private protected override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return new ConnectedPair(SocketConnection.Create(client, options), SocketConnection.Create(server, options));
    }
}
