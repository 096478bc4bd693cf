namespace StreamPipes.Tests.Detach;

/// <summary>Detaching a TLS session.</summary>
public sealed class SslStreamDetachTests : DetachConformance
{
    private protected override async Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        StreamPair streams = await StreamPairs.TlsAsync();
        return new DetachPair(StreamConnection.Create(streams.Client, options), streams);
    }
}
