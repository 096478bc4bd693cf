namespace StreamPipes.Tests.Conformance;

/// <summary>TLS over a pipe over a socket, and a pipe on top.</summary>
public sealed class TlsOverPipeConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsOverPipeAsync();
}
