#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Conformance;

/// <summary>TLS in one call over a socket's connection, which is detached.</summary>
public sealed class TlsOnSocketConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        return await TlsPair.OverSocketsAsync(clientOptions, serverOptions);
    }
}
#endif
