using System.Net.Security;
using System.Net.Sockets;
using StreamPipes.Common;

namespace StreamPipes.Transports;

/// <summary>The three ways to end a stream, each in the way of its kind: the half-close, the reset, the dispose.</summary>
internal static class StreamEnding
{
    private const int MaximumShutdowns = 6;

    private static readonly TimeSpan BetweenShutdowns = TimeSpan.FromMilliseconds(20);

    /// <summary>Half-closes, where the stream has one (<see cref="StreamTraits.HasHalfClose"/>): the peer sees the end of what was sent, and reading continues.</summary>
    public static ValueTask ShutdownWritesAsync(Stream stream)
    {
        switch (stream)
        {
            case NetworkStream network:
                FrameworkStreams.SocketOf(network)?.Shutdown(SocketShutdown.Send);
                return default;
            case SslStream tls when FrameworkStreams.TlsHasHalfClose:
                return ShutdownSessionAsync(tls);
            case IOwnStream own:
                return own.ShutdownWritesAsync();
            default:
                return default;
        }
    }

    /// <summary>
    /// Ends what is under a stream abortively, also through TLS: a reset for a socket, an error for a pipe, so that the peer learns that what it
    /// got is not all. The stream itself is disposed afterwards, as always.
    /// </summary>
    public static void Reset(Stream stream)
    {
        switch (stream)
        {
            case NetworkStream network:
                if (FrameworkStreams.SocketOf(network) is { } socket) Reset(socket);
                break;
            case SslStream tls:
                if (!FrameworkStreams.LeavesInnerOpen(tls)) Reset(FrameworkStreams.InnerOf(tls));
                break;
            case IOwnStream own:
                own.Abort();
                break;
        }
    }

    public static void Reset(Socket socket)
    {
        try
        {
            FrameworkStreams.CloseAbortively(socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket is closed already: there is nothing left to reset.
        }
    }

    public static Task DisposeAsync(Stream stream) => DisposeAsync(stream, StreamTraits.Of(stream));

    /// <summary>Disposes a stream without trusting it: a dispose may throw, and may block its thread.</summary>
    public static Task DisposeAsync(Stream stream, StreamTraits traits) => traits.NeverBlocks ? DisposeHereAsync(stream, traits) : Background.Start(() => DisposeHereAsync(stream, traits));

    /// <summary>
    /// Over a stream whose pending read is not cancelled, close_notify is sent beside that read. If the peer's bytes come at that very moment, the session is in the middle of its own
    /// messages and refuses; it has sent nothing then, and takes it a moment later. One that cannot be ended any more says so in an error of the cryptography, too, which is none that a
    /// stream throws.
    /// </summary>
    private static async ValueTask ShutdownSessionAsync(SslStream tls)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await FrameworkStreams.ShutdownAsync(tls).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not (IOException or InvalidOperationException or OperationCanceledException))
            {
                if (attempt == MaximumShutdowns) throw new IOException("The TLS session could not be half-closed: it has failed before, or was busy all the time.", e);
            }

            await Task.Delay(BetweenShutdowns).ConfigureAwait(false);
        }
    }

    private static async Task DisposeHereAsync(Stream stream, StreamTraits traits)
    {
        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            // However the connection ends, its socket ends too, as at a reset: a stream that does not own it would leave it without an owner.
            if (traits is { EndsSocket: true, Socket: { } socket }) socket.Dispose();
        }
    }
}
