using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Internal;

/// <summary>
/// Makes the next dispose of a stream abortive, also through TLS: a reset for a socket, an error for a pipe, so that the peer learns that
/// what it got is not all.
/// </summary>
internal static class AbortiveClose
{
    public static void Prepare(Stream stream)
    {
        switch (stream)
        {
            case NetworkStream network:
                PrepareReset(SocketAccess.SocketOf(network));
                break;
            case SslStream tls:
                Prepare(SocketAccess.InnerOf(tls));
                break;
            case DuplexPipeStream pipe:
                pipe.DisposeAbortively();
                break;
        }
    }

    private static void PrepareReset(Socket? socket)
    {
        try
        {
            if (socket is not null) socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket is closed already: there is nothing left to reset.
        }
    }
}
