using System.Net.Sockets;
using StreamPipes.Tests.Conformance;

namespace StreamPipes.Tests.Memory;

/// <summary>A socket, no stream in between.</summary>
public sealed class SocketMemoryTests : MemoryConformance
{
    private protected override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return new ConnectedPair(SocketConnection.Create(client, options), SocketConnection.Create(server, options));
    }
}
