namespace StreamPipes.Tests.Conformance;

/// <summary>The suite over <see cref="StreamConnection"/>: a subclass makes two connected streams, that is all.</summary>
public abstract class StreamTransportConformance : PipeConnectionConformance
{
    private protected abstract Task<StreamPair> ConnectStreamsAsync();

    private protected sealed override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        StreamPair streams = await ConnectStreamsAsync();
        return new ConnectedPair(StreamConnection.Create(streams.Client, clientOptions), StreamConnection.Create(streams.Server, serverOptions), streams);
    }
}
