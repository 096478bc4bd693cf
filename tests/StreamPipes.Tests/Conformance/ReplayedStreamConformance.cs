namespace StreamPipes.Tests.Conformance;

/// <summary>The stream that <see cref="PipeConnection.DetachAsync"/> hands back keeps the rules of the stream under it.</summary>
public sealed class ReplayedStreamConformance : StreamConformance
{
    private protected override Task<StreamPair> ConnectAsync() => ReplayedPairs.OverAsync(StreamPairs.InMemory());
}
