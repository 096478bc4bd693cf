using System.Net.Security;
using System.Net.Sockets;
using StreamPipes.PipeStreams;

namespace StreamPipes.Transports;

/// <summary>Names what a connection stands on, for whoever debugs. It never throws.</summary>
internal static class TransportDescription
{
    public static string Of(Stream stream) => stream switch
    {
        SslStream tls => $"SslStream{IfTold(() => $" ({tls.SslProtocol})")} over {Of(SocketAccess.InnerOf(tls))}",
        NetworkStream network => $"NetworkStream{EndPointsOf(SocketAccess.SocketOf(network))}",
        ReplayStream replay => Of(replay.Inner),
        DuplexPipeStream pipe => IfTold(pipe.ToString, otherwise: "Stream over a pipe"),
        _ => stream.GetType().Name,
    };

    public static string Of(Socket socket) => $"Socket{EndPointsOf(socket)}";

    private static string EndPointsOf(Socket? socket) => socket is null ? "" : IfTold(() => $" {socket.LocalEndPoint} to {socket.RemoteEndPoint}");

    private static string IfTold(Func<string> text, string otherwise = "")
    {
        try
        {
            return text();
        }
        catch (Exception)
        {
            // What is closed has no addresses and no protocol any more, and what is somebody else's may throw anything.
            return otherwise;
        }
    }
}
