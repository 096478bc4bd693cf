using System.Net;
using System.Net.Sockets;
using StreamPipes.Dialing;
using StreamPipes.Transports;

namespace StreamPipes;

/// <summary>Turns a <see cref="Socket"/> into a <see cref="PipeConnection"/>, with no stream in between.</summary>
/// <remarks>
/// <para><b>Ownership.</b> The connection owns the socket and disposes it when both directions have ended, unless
/// <see cref="PipeConnectionOptions.LeaveOpen"/> is set. No other code may send or receive meanwhile.</para>
/// <para><b>Servers.</b> <see cref="Listen"/> accepts clients, with TLS or without, as connections.</para>
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
    /// <exception cref="ArgumentException">The socket has been disposed, is not connected, or is not a stream socket. The message says which.</exception>
    public static PipeConnection Create(Socket socket, PipeConnectionOptions? options = null)
    {
        if (socket is null) throw new ArgumentNullException(nameof(socket));
        return CreateFor(socket, options, proxyHeader: null);
    }

    /// <summary>Connects a new socket and puts it under a pair of pipes.</summary>
    /// <remarks>
    /// <para><b>Several addresses.</b> Those of a name are raced as RFC 8305 says: IPv6 and IPv4 in turn, in the order of the resolver; the next one begins when the last
    /// has failed or has not answered for 250 ms. The first to connect is taken, and the sockets of the others are closed.</para>
    /// <para><b>Proxies.</b> <see cref="PipeConnectionOptions.ProxyHeader"/> has been sent when the connection is returned.</para>
    /// <para><b>Errors.</b> If several addresses have failed, the exception has the code of the last that did, and its message names each.</para>
    /// </remarks>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/> (an IPv4 address mapped to IPv6 among them), a <see cref="DnsEndPoint"/> or a Unix-domain end point.
    /// </param>
    /// <param name="options">
    /// How to connect (<see cref="PipeConnectionOptions.ConnectTimeout"/>, <see cref="PipeConnectionOptions.ConfigureSocket"/>, <see cref="PipeConnectionOptions.ProxyHeader"/>), read, write, schedule and close;
    /// <see langword="null"/> for the defaults.
    /// </param>
    /// <param name="cancellationToken">Gives up connecting. It has no effect on the connection afterwards.</param>
    /// <returns>The connection. A TCP socket has <see cref="Socket.NoDelay"/> set, since the send pump joins small pieces itself.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is <see langword="null"/>.</exception>
    /// <exception cref="SocketException">The connection was refused or could not be made. The sockets have been disposed.</exception>
    /// <exception cref="TimeoutException">
    /// It took longer than <see cref="PipeConnectionOptions.ConnectTimeout"/>. The sockets have been disposed. The inner exception names the addresses that had failed before.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token fired. The sockets have been disposed.</exception>
    public static async ValueTask<PipeConnection> ConnectAsync(EndPoint endPoint, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (endPoint is null) throw new ArgumentNullException(nameof(endPoint));
        cancellationToken.ThrowIfCancellationRequested();
        options = PipeConnectionOptions.InUse(options);
        return await ConnectAndSendAsync(endPoint, options, options.ProxyHeader?.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Listens for clients. They are accepted when a method of the listener asks for them.</summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/> or a Unix-domain end point. Port 0 takes a free port, which <see cref="PipeListener.LocalEndPoint"/> returns;
    /// <see cref="IPAddress.IPv6Any"/> is every address of both families. The file of a Unix-domain end point must not exist yet.
    /// </param>
    /// <param name="options">TLS, limits, and the options of the connections; <see langword="null"/> for the defaults: no TLS.</param>
    /// <returns>The listener; dispose it when done.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="endPoint"/> is a name, or the options of the connections say to leave the socket open, which would leave it open with no owner.
    /// </exception>
    /// <exception cref="SocketException">The address is in use, or is none of this machine.</exception>
    public static PipeListener Listen(EndPoint endPoint, PipeListenerOptions? options = null) => PipeListener.Listen(endPoint, options);

    /// <summary>For a client that a proxy may have spoken for.</summary>
    internal static PipeConnection CreateFor(Socket socket, PipeConnectionOptions? options, ProxyHeader? proxyHeader)
    {
        if (socket.SocketType != SocketType.Stream) throw new ArgumentException($"A socket of type {socket.SocketType} carries no stream of bytes: a pipe needs SocketType.Stream.", nameof(socket));
        if (!socket.Connected) throw new ArgumentException(WhyNotConnected(socket), nameof(socket));
        options = PipeConnectionOptions.InUse(options);
#if NET
        return PipeConnection.Over(new SocketTransport(socket, options), options, proxyHeader);
#else
        // The standard has no way to receive that can be cancelled, but the stream's.
        return PipeConnection.Over(StreamTransport.Duplex(new NetworkStream(socket, ownsSocket: true), options), options, proxyHeader);
#endif
    }

    /// <summary>With bytes that are sent before the connection begins.</summary>
    internal static async ValueTask<PipeConnection> ConnectAndSendAsync(EndPoint endPoint, PipeConnectionOptions options, ReadOnlyMemory<byte> firstBytes, CancellationToken cancellationToken)
    {
        Socket socket = await Dial.RunAsync(new SocketConnector(options.ConfigureSocket), endPoint, options, firstBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            return Create(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string WhyNotConnected(Socket socket)
    {
        try
        {
            _ = socket.LocalEndPoint;
        }
        catch (ObjectDisposedException)
        {
            return "The socket has been disposed.";
        }
        catch (SocketException)
        {
            // It has no address. That says nothing of its end.
        }

        return "The socket is not connected: connect or accept first, or call SocketConnection.ConnectAsync.";
    }
}
