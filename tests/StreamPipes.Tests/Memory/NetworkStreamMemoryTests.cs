using StreamPipes.Tests.Conformance;

namespace StreamPipes.Tests.Memory;

/// <summary>A socket's stream.</summary>
public sealed class NetworkStreamMemoryTests : MemoryConformance
{
    private protected override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options)
    {
        StreamPair streams = await StreamPairs.TcpAsync();
        return new ConnectedPair(StreamConnection.Create(streams.Client, options), StreamConnection.Create(streams.Server, options), streams);
    }
}
