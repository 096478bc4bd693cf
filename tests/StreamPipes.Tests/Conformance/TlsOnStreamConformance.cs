#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Conformance;

/// <summary>TLS in one call over a socket's stream.</summary>
public sealed class TlsOnStreamConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        StreamPair tcp = await StreamPairs.TcpAsync();
        return await TlsPair.OverAsync(tcp.Client, tcp.Server, clientOptions, serverOptions);
    }
}
#endif
