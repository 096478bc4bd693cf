using System.Net;
using System.Net.Sockets;
using StreamPipes.Transports;

namespace StreamPipes;

/// <summary>Turns a <see cref="Socket"/> into a <see cref="PipeConnection"/>, with no stream in between.</summary>
/// <remarks>
/// <para><b>Ownership.</b> The connection owns the socket and disposes it when both directions have ended, unless
/// <see cref="PipeConnectionOptions.LeaveOpen"/> is set. Nobody else may send or receive meanwhile.</para>
/// <para><b>Completion.</b> Completing <see cref="PipeConnection.Output"/> sends FIN; <see cref="PipeConnection.Abort"/> sends RST.</para>
/// <para><b>Errors.</b> The socket's own <see cref="SocketException"/>, the same object at every end.</para>
/// <para><b>Alternatives.</b> For TLS, <see cref="StreamConnection"/> over an <see cref="System.Net.Security.SslStream"/>, or, on modern
/// targets, <c>TlsConnection</c>. The result is of the same type, so that one field holds either.</para>
/// </remarks>
public static class SocketConnection
{
    /// <summary>Puts a connected stream socket under a pair of pipes.</summary>
    /// <param name="socket">A connected socket of <see cref="SocketType.Stream"/>: TCP, or Unix-domain. Its options stay as they are.</param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <returns>The connection. Its pumps start on their own; dispose it when done.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The socket is not connected, or not a stream socket.</exception>
    public static PipeConnection Create(Socket socket, PipeConnectionOptions? options = null)
    {
        if (socket is null) throw new ArgumentNullException(nameof(socket));
        if (socket.SocketType != SocketType.Stream) throw new ArgumentException($"A socket of type {socket.SocketType} carries no stream of bytes: a pipe needs SocketType.Stream.", nameof(socket));
        if (!socket.Connected) throw new ArgumentException("The socket is not connected: connect or accept first, or call SocketConnection.ConnectAsync.", nameof(socket));
        options ??= PipeConnectionOptions.Default;
#if NET
        return PipeConnection.Over(new SocketTransport(socket, options), options);
#else
        // The standard has no way to receive that can be cancelled, but the stream's.
        return PipeConnection.Over(StreamTransport.Duplex(new NetworkStream(socket, ownsSocket: true), options), options);
#endif
    }

    /// <summary>Connects a new socket and puts it under a pair of pipes.</summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/> (all its addresses of both families are tried) or a Unix-domain end point.
    /// </param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up connecting. It has no effect on the connection afterwards.</param>
    /// <returns>The connection. A TCP socket has <see cref="Socket.NoDelay"/> set, since the send pump joins small pieces itself.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is <see langword="null"/>.</exception>
    /// <exception cref="SocketException">The connection was refused or could not be made. The socket has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token fired. The socket has been disposed.</exception>
    public static async ValueTask<PipeConnection> ConnectAsync(EndPoint endPoint, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (endPoint is null) throw new ArgumentNullException(nameof(endPoint));
        cancellationToken.ThrowIfCancellationRequested();
        Socket socket = CreateSocket(endPoint);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return Create(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket CreateSocket(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint or DnsEndPoint { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 } =>
            new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },

        // A socket of both families, where the machine has both.
        DnsEndPoint => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        _ => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified),
    };
}
