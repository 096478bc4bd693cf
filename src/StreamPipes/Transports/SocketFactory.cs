using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Transports;

/// <summary>Makes and connects sockets for any kind of end point.</summary>
internal static class SocketFactory
{
    public static Socket NewSocket(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint or DnsEndPoint { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 } =>
            new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },

        // A socket of both families, where the machine has both.
        DnsEndPoint => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        _ => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified),
    };

#if NET
    public static ValueTask ConnectAsync(Socket socket, EndPoint endPoint, CancellationToken cancellationToken) =>
        socket.ConnectAsync(endPoint, cancellationToken);
#else
    public static async ValueTask ConnectAsync(Socket socket, EndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            using CancellationTokenRegistration registration = cancellationToken.Register(socket.Dispose);
            await Task.Factory.FromAsync(socket.BeginConnect, socket.EndConnect, endPoint, null).ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is SocketException or ObjectDisposedException)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
#endif
}
