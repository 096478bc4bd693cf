namespace StreamPipes.Tests.Detach;

/// <summary>Detaching our own stream over a pipe.</summary>
public sealed class AsStreamDetachTests : DetachConformance
{
    protected override string? FlushFailsOnceThePeerIsGone => "A pipe whose reader is gone refuses a flush, and the detach with it.";

    private protected override Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null)
    {
        StreamPair streams = StreamPairs.InMemory();
        return Task.FromResult(new DetachPair(StreamConnection.Create(streams.Client, options), streams));
    }
}
