#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Conformance;

/// <summary>TLS in TLS.</summary>
public sealed class TlsOnTlsConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        (PipeConnection client, PipeConnection server) = await TlsPair.OverSocketsAsync();
        return await TlsPair.OverAsync(client, server, clientOptions, serverOptions);
    }
}
#endif
