using System.Runtime.CompilerServices;

namespace StreamPipes.Common;

/// <summary>
/// The duplex streams of which a reader or a writer has one direction. A second one would end the stream for the first: a writer that is completed reads what
/// still comes, and discards it.
/// </summary>
internal static class StreamClaims
{
    private static readonly ConditionalWeakTable<Stream, object> Claims = new();

    /// <exception cref="InvalidOperationException">The stream has a reader or a writer already.</exception>
    public static void Claim(Stream stream)
    {
        if (!IsDuplex(stream)) return;
        object claim = new();
        if (Claims.GetValue(stream, _ => claim) != claim)
            throw new InvalidOperationException($"The stream ({stream.GetType().Name}) has a pipe of StreamConnection.CreateReader or CreateWriter already, which closes it for both directions. Use StreamConnection.Create(stream): its Input reads and its Output writes one stream.");
    }

    /// <summary>The connection is done with the stream, which may have been left open.</summary>
    public static void Release(Stream stream) => Claims.Remove(stream);

    private static bool IsDuplex(Stream stream) => stream is { CanRead: true, CanWrite: true, CanSeek: false };
}
