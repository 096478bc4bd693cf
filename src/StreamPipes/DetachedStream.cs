namespace StreamPipes;

/// <summary>What <see cref="PipeConnection.DetachAsync"/> hands back.</summary>
/// <remarks>
/// <para><b>Ownership.</b> The stream is the caller's from now on, to dispose as well, whatever the connection's options said.</para>
/// <para><b>Security.</b> A protocol that switches to TLS at this point must have nothing unread: bytes that arrived before the handshake were
/// sent in the clear, and anybody on the way may have put them there. Check <see cref="UnreadBytes"/> and refuse. A server detaches, and checks, before it
/// tells the client to go ahead, and says so through <see cref="Stream"/>: a client begins its handshake as soon as it reads that.</para>
/// </remarks>
public sealed class DetachedStream
{
    internal DetachedStream(Stream stream, long unreadBytes)
    {
        Stream = stream;
        UnreadBytes = unreadBytes;
    }

    /// <summary>The stream under the connection. Reading it gives the unread bytes first, then what arrives.</summary>
    public Stream Stream { get; }

    /// <summary>How many bytes had been received and not consumed. They are at the front of <see cref="Stream"/>.</summary>
    public long UnreadBytes { get; }
}
