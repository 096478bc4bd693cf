#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

/// <summary>TLS in one call over a pipe that is not ours to detach.</summary>
public sealed class TlsOnInMemoryPairConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair();
        return await TlsPair.OverAsync(client, server, clientOptions, serverOptions);
    }
}
#endif
