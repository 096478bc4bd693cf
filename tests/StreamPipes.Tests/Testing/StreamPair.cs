namespace StreamPipes.Tests.Testing;

/// <summary>Two connected streams. Disposing the pair disposes both, and what they stand on.</summary>
internal sealed class StreamPair(Stream client, Stream server, Func<Task>? cleanUp = null) : IAsyncDisposable
{
    public Stream Client { get; } = client;

    public Stream Server { get; } = server;

    public async ValueTask DisposeAsync()
    {
        // Together, since each may wait for the other's close.
        await Task.WhenAll(DisposeQuietlyAsync(Client), DisposeQuietlyAsync(Server));
        if (cleanUp is not null) await cleanUp().Guarded();
    }

    private static async Task DisposeQuietlyAsync(Stream stream)
    {
        try
        {
            await stream.DisposeAsync().Guarded();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The test has had its result; a stream over a connection that was reset may complain once more here.
        }
    }
}
