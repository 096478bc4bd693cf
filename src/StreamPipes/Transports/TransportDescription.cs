using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Transports;

/// <summary>Names what a connection stands on, for logs and debuggers, and finds its addresses. It never throws.</summary>
internal static class TransportDescription
{
    public static string Of(Stream stream)
    {
        Socket? socket = StreamTraits.Of(stream).Socket;
        return Of(stream, LocalEndPointOf(socket), RemoteEndPointOf(socket));
    }

    /// <summary>With the addresses that its socket had when it was open: one that is closed has none any more.</summary>
    public static string Of(Stream stream, EndPoint? local, EndPoint? remote) => stream switch
    {
        SslStream tls => $"SslStream{TextOrElse(() => $" ({tls.SslProtocol})")} over {Of(FrameworkStreams.InnerOf(tls), local, remote)}",
        NetworkStream => $"NetworkStream{NamesOf(local, remote)}",
        IOwnStream own => own.Describe(local, remote),
        _ => stream.GetType().Name,
    };

    public static string OfSocket(EndPoint? local, EndPoint? remote) => $"Socket{NamesOf(local, remote)}";

    public static EndPoint? LocalEndPointOf(Socket? socket) => socket is null ? null : EndPointOrElse(() => socket.LocalEndPoint);

    public static EndPoint? RemoteEndPointOf(Socket? socket) => socket is null ? null : EndPointOrElse(() => socket.RemoteEndPoint);

    public static string TextOrElse(Func<string> text, string otherwise = "")
    {
        try
        {
            return text();
        }
        catch (Exception)
        {
            // What is closed has no protocol any more, and what another owner has may throw anything.
            return otherwise;
        }
    }

    /// <summary>A Unix-domain socket that connects has no address, and one of a pair neither.</summary>
    private static EndPoint? EndPointOrElse(Func<EndPoint?> endPoint)
    {
        try
        {
            return endPoint() is { } found && found.ToString() is { Length: > 0 } ? found : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or NotSupportedException)
        {
            // What is closed has no address any more, and some sockets never had one.
            return null;
        }
    }

    private static string NamesOf(EndPoint? local, EndPoint? remote) => local is null && remote is null ? "" : $" {NameOf(local)} to {NameOf(remote)}";

    private static string NameOf(EndPoint? endPoint) => endPoint?.ToString() ?? "unnamed";
}
