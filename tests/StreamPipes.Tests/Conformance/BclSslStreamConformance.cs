namespace StreamPipes.Tests.Conformance;

/// <summary>Control group over TLS.</summary>
public sealed class BclSslStreamConformance : BclConformance
{
    protected override string? CloseMayReset => "A TLS 1.3 client that closes with its session tickets unread makes the kernel send a reset.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsAsync();
}
