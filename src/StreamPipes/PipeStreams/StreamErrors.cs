namespace StreamPipes.PipeStreams;

/// <summary>
/// What a <see cref="Stream"/> throws: callers of streams catch <see cref="IOException"/>, where a pipe throws its transport's own exception, such as a
/// <see cref="System.Net.Sockets.SocketException"/> or a <see cref="TimeoutException"/>.
/// </summary>
internal static class StreamErrors
{
    public static ObjectDisposedException Disposed() => new(nameof(Stream));

    /// <summary>Passes what a stream may throw as it is; everything else becomes an <see cref="IOException"/> with the original inside.</summary>
    public static Exception Translate(Exception error) => IsForeign(error) ? new IOException($"The pipe under the stream failed: {error.Message}", error) : error;

    /// <summary>Whether a stream does not throw this.</summary>
    public static bool IsForeign(Exception error) =>
        error is not (IOException or OperationCanceledException or InvalidOperationException or ArgumentException or NotSupportedException);
}
