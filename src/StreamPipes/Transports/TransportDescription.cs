using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Transports;

/// <summary>Names what a connection stands on, for logs and debuggers. It never throws.</summary>
internal static class TransportDescription
{
    public static string Of(Stream stream) => stream switch
    {
        SslStream tls => $"SslStream{TextOrElse(() => $" ({tls.SslProtocol})")} over {Of(FrameworkStreams.InnerOf(tls))}",
        NetworkStream network => $"NetworkStream{EndPointsOf(FrameworkStreams.SocketOf(network))}",
        IOwnStream own => own.Description,
        _ => stream.GetType().Name,
    };

    public static string Of(Socket socket) => $"Socket{EndPointsOf(socket)}";

    public static string TextOrElse(Func<string> text, string otherwise = "")
    {
        try
        {
            return text();
        }
        catch (Exception)
        {
            // What is closed has no addresses and no protocol any more, and what another owner has may throw anything.
            return otherwise;
        }
    }

    private static string EndPointsOf(Socket? socket) => socket is null ? "" : TextOrElse(() => $" {NameOf(socket.LocalEndPoint)} to {NameOf(socket.RemoteEndPoint)}");

    /// <summary>A Unix-domain socket that connects has no address, and one of a pair neither.</summary>
    private static string NameOf(EndPoint? endPoint) => endPoint?.ToString() is { Length: > 0 } name ? name : "unnamed";
}
