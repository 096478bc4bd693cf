namespace StreamPipes.Tests.Detach;

/// <summary>A connection, and a plain stream at the other side.</summary>
internal sealed class DetachPair(PipeConnection connection, StreamPair streams) : IAsyncDisposable
{
    public PipeConnection Connection { get; } = connection;

    public Stream Peer => streams.Server;

    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        await streams.DisposeAsync();
    }
}
