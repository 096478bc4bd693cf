namespace StreamPipes.Tests.Conformance;

/// <summary>Plain TCP.</summary>
public sealed class NetworkStreamConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TcpAsync();
}
