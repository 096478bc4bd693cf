namespace StreamPipes.Tests.Conformance;

/// <summary><see cref="DuplexPipe.AsStream"/> over an in-memory pair.</summary>
public sealed class InMemoryAsStreamConformance : StreamConformance
{
    private protected override Task<StreamPair> ConnectAsync() => Task.FromResult(StreamPairs.InMemory());
}
