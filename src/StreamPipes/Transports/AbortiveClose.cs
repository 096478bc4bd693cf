using System.Net.Security;
using System.Net.Sockets;
using StreamPipes.PipeStreams;

namespace StreamPipes.Transports;

/// <summary>
/// Ends what is under a stream abortively, also through TLS: a reset for a socket, an error for a pipe, so that the peer learns that what it
/// got is not all. The stream itself is disposed afterwards, as always.
/// </summary>
internal static class AbortiveClose
{
    public static void Send(Stream stream)
    {
        switch (stream)
        {
            case NetworkStream network:
                if (SocketAccess.SocketOf(network) is { } socket) Send(socket);
                break;
            case SslStream tls:
                Send(SocketAccess.InnerOf(tls));
                break;
            case ReplayStream replay:
                Send(replay.Inner);
                break;
            case DuplexPipeStream pipe:
                pipe.Abort();
                break;
        }
    }

    public static void Send(Socket socket)
    {
        try
        {
#if !NET
            // Mono sends FIN in spite of the zero below.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
#endif

            // NetworkStream's own dispose would send FIN before the reset, and the peer would read the end.
            socket.Close(timeout: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket is closed already: there is nothing left to reset.
        }
    }
}
