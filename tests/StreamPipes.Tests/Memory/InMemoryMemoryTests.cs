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
