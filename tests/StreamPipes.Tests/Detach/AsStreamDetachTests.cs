namespace StreamPipes.Tests.Detach;

/// <summary>Detaching our own stream over a pipe.</summary>
public sealed class AsStreamDetachTests : DetachConformance
{
    private protected override Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        StreamPair streams = StreamPairs.InMemory();
        return Task.FromResult(new DetachPair(StreamConnection.Create(streams.Client, options), streams));
    }
}
