namespace StreamPipes.Tests.Conformance;

/// <summary>A connection on a TLS session that was detached with bytes unread: close_notify and reset go through.</summary>
public sealed class ReplayedTlsConformance : StreamTransportConformance
{
    private protected override async Task<StreamPair> ConnectStreamsAsync() => await ReplayedPairs.OverAsync(await StreamPairs.TlsAsync());
}
