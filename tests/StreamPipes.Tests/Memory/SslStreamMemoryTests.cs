using StreamPipes.Tests.Conformance;

namespace StreamPipes.Tests.Memory;

/// <summary>A TLS session over a socket's stream.</summary>
public sealed class SslStreamMemoryTests : MemoryConformance
{
    private protected override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options)
    {
        StreamPair streams = await StreamPairs.TlsAsync();
        return new ConnectedPair(StreamConnection.Create(streams.Client, options), StreamConnection.Create(streams.Server, options), streams);
    }
}
