namespace StreamPipes.Tests.Detach;

/// <summary>Detaching a socket's stream.</summary>
public sealed class NetworkStreamDetachTests : DetachConformance
{
    private protected override async Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        StreamPair streams = await StreamPairs.TcpAsync();
        return new DetachPair(StreamConnection.Create(streams.Client, options), streams);
    }
}
