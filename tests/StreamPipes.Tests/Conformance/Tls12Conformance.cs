using System.Security.Authentication;

namespace StreamPipes.Tests.Conformance;

/// <summary>TLS 1.2 over TCP.</summary>
public sealed class Tls12Conformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsAsync(SslProtocols.Tls12);
}
