using System.Security.Authentication;

namespace StreamPipes.Tests.Conformance;

/// <summary>TLS 1.3 over TCP.</summary>
public sealed class Tls13Conformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsAsync(SslProtocols.Tls13);
}
