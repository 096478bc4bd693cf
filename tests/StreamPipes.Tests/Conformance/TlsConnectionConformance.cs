#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Conformance;

/// <summary>The suite over <see cref="TlsConnection"/>: a subclass does both handshakes over something of its own.</summary>
public abstract class TlsConnectionConformance : PipeConnectionConformance
{
    protected override string? LeaveOpenLeavesNoUse => "The session ends with the connection; only what carries it is left open.";

    private protected abstract Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions);

    private protected sealed override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        (PipeConnection client, PipeConnection server) = await AuthenticateAsync(clientOptions, serverOptions);
        return new ConnectedPair(client, server);
    }
}
#endif
