namespace StreamPipes.Tests.Conformance;

/// <summary>A connection on a socket's stream that was detached with bytes unread: half-close, lingering and reset go through.</summary>
public sealed class ReplayedTcpConformance : StreamTransportConformance
{
    private protected override async Task<StreamPair> ConnectStreamsAsync() => await ReplayedPairs.OverAsync(await StreamPairs.TcpAsync());
}
