namespace StreamPipes.Transports;

/// <summary>Disposes streams without trusting them: a dispose may throw, and may block its thread.</summary>
internal static class StreamDisposal
{
    public static Task DisposeAsync(Stream stream) =>
        StreamTraits.NeverBlocks(stream) ? DisposeHereAsync(stream) : Task.Run(() => DisposeHereAsync(stream));

    private static async Task DisposeHereAsync(Stream stream)
    {
#if NET
        await stream.DisposeAsync().ConfigureAwait(false);
#else
        if (stream is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else stream.Dispose();
#endif
    }
}
