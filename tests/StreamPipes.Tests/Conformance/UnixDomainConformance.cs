namespace StreamPipes.Tests.Conformance;

/// <summary>A Unix-domain socket.</summary>
public sealed class UnixDomainConformance : StreamTransportConformance
{
    protected override string? AbortLooksLikeTheEnd => "A Unix-domain socket has no reset: closing it shows the peer the end.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.UnixAsync();
}
