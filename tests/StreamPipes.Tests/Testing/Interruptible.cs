namespace StreamPipes.Tests.Testing;

/// <summary>Waits as a stream does that is disposed meanwhile.</summary>
internal static class Interruptible
{
    /// <summary>Waits for the one, unless the other ends first: then it throws <see cref="ObjectDisposedException"/>.</summary>
    public static async Task WaitAsync(Task wait, Task ended)
    {
        ObjectDisposedException.ThrowIf(await Task.WhenAny(wait, ended) == ended, typeof(Stream));
        await wait;
    }
}
