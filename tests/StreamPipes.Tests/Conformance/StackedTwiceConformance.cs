namespace StreamPipes.Tests.Conformance;

/// <summary>A pipe over a stream over a pipe, twice, over a socket: half-close and errors pass through every layer.</summary>
public sealed class StackedTwiceConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.StackedTwiceAsync();
}
