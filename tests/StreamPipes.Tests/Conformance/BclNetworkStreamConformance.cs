namespace StreamPipes.Tests.Conformance;

/// <summary>Control group over plain TCP.</summary>
public sealed class BclNetworkStreamConformance : BclConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TcpAsync();
}
