using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Internal;

/// <summary>Names what a connection stands on, for whoever debugs. It never throws.</summary>
internal static class TransportText
{
    public static string Of(Stream stream) => stream switch
    {
        SslStream tls => $"SslStream ({tls.SslProtocol}) over {Of(SocketAccess.InnerOf(tls))}",
        NetworkStream network => $"NetworkStream{EndPointsOf(SocketAccess.SocketOf(network))}",
        ReplayStream replay => Of(replay.Inner),
        DuplexPipeStream pipe => pipe.ToString(),
        _ => stream.GetType().Name,
    };

    public static string Of(Socket socket) => $"Socket{EndPointsOf(socket)}";

    private static string EndPointsOf(Socket? socket)
    {
        try
        {
            return socket is null ? "" : $" {socket.LocalEndPoint} to {socket.RemoteEndPoint}";
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A socket that is closed has no addresses any more, and needs none.
            return "";
        }
    }
}
