namespace StreamPipes.Tests.Conformance;

/// <summary>Connections over the streams of an in-memory pair: pipe, stream, pipe.</summary>
public sealed class InMemoryStreamConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => Task.FromResult(StreamPairs.InMemory());
}
