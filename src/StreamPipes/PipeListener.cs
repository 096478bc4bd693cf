using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using StreamPipes.Common;
using StreamPipes.Listening;
using StreamPipes.Transports;

namespace StreamPipes;

/// <summary>
/// Accepts clients over TCP, a Unix-domain socket, a named pipe or any stream, with TLS or without, as connections. <see cref="SocketConnection.Listen"/>,
/// <see cref="StreamConnection.ListenNamedPipe"/> and <see cref="StreamConnection.Listen"/> make one.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> A connection that <see cref="AcceptAsync"/> or <see cref="AcceptAllAsync"/> has returned is the caller's, also after the listener's end. One that
/// <see cref="ServeAsync"/> gives to a handler is the listener's, which closes it when the handler has ended.</para>
/// <para><b>Concurrency.</b> Its members may be used from any thread at any time. Clients are accepted while a caller waits for one; until then they wait in the
/// <see cref="PipeListenerOptions.Backlog"/>. Handshakes run side by side, and none of them holds up another client.</para>
/// <para><b>Completion.</b> It ends by <see cref="DisposeAsync"/>, or by the token of <see cref="ServeAsync"/>.</para>
/// <para><b>Errors.</b> The listener continues when a client leaves before it is accepted, when a handshake fails or stalls, when a handler throws, and when no descriptor is left: then
/// it tries again, from 10 up to 320 ms later. <see cref="PipeListenerOptions.OnConnectionFault"/> receives each of these faults once.</para>
/// <para><b>Cancellation.</b> A token given to <see cref="AcceptAsync"/> ends that wait only. No client is lost: the next call has it.</para>
/// <para><b>Alternatives.</b> For a socket that was accepted otherwise <see cref="SocketConnection.Create"/>; Kestrel, with the package <c>StreamPipes.AspNetCore</c>.</para>
/// </remarks>
public sealed class PipeListener : IAsyncDisposable
{
    private readonly Acceptor<PipeConnection> _acceptor;
    private readonly Server<PipeConnection> _server;

    private PipeListener(IClientSource source, PipeListenerOptions options, PipeConnectionOptions connection)
    {
        LocalEndPoint = source.LocalEndPoint;
        Clock clock = Clock.Of(connection);
        Clock.StartTimers();
        FaultReport faults = new(options.OnConnectionFault);
        Func<Stream, CancellationToken, Task<Transport>>? handshake = ServerHandshake.Of(options, connection);
        ProxyGate? proxies = ProxyGate.Of(options, connection, clock);
        Handshakes? handshakes = handshake is null && proxies is null ? null : new Handshakes(options.HandshakesAtOnce);
        _acceptor = new Acceptor<PipeConnection>(source, (client, token) => OpenAsync(client, proxies, handshake, connection, token), handshakes, options.MaximumConnections, clock, faults);
        _server = new Server<PipeConnection>(_acceptor, clock, options.ShutdownTimeout, faults);
    }

    /// <summary>
    /// Where it listens, with the port that was taken for port 0. It stays after the end. A listener over streams or a named pipe has no address of the network: an end point of
    /// <see cref="AddressFamily.Unspecified"/> whose text says what it is.
    /// </summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>How many connections are open: clients with whom the handshake is done, and whose connection, or handler, has not ended.</summary>
    public int ConnectionsOpen => _acceptor.ConnectionsOpen;

    /// <summary>Waits for the next client, its PROXY header and TLS handshake included.</summary>
    /// <param name="cancellationToken">Ends this wait. The listener continues.</param>
    /// <returns>The connection, which is the caller's to dispose.</returns>
    /// <exception cref="ObjectDisposedException">The listener has been stopped.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public async ValueTask<PipeConnection> AcceptAsync(CancellationToken cancellationToken = default) =>
        (await _acceptor.TakeAsync(cancellationToken).ConfigureAwait(false))?.HandOut() ?? throw new ObjectDisposedException(nameof(PipeListener));

    /// <summary>All clients, one after the other, as <see cref="AcceptAsync"/> returns them, until the listener is stopped.</summary>
    /// <param name="cancellationToken">Ends the enumeration, with an <see cref="OperationCanceledException"/>. The listener continues.</param>
    /// <returns>The connections, which are the caller's to dispose.</returns>
    public async IAsyncEnumerable<PipeConnection> AcceptAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _acceptor.TakeAsync(cancellationToken).ConfigureAwait(false) is { } accepted) yield return accepted.HandOut();
    }

    /// <summary>
    /// Runs a handler for every client, each on its own, until the token fires or the listener is disposed; then stops in the way of <see cref="DisposeAsync"/>, and returns.
    /// </summary>
    /// <remarks>
    /// <para><b>Ownership.</b> The connection is disposed when the handler has ended, which sends what it wrote. A handler that throws has its connection aborted, since what it wrote may be cut
    /// off in the middle, and <see cref="PipeListenerOptions.OnConnectionFault"/> receives the exception; the other clients are not affected. A handler that ends at a stop
    /// with the <see cref="OperationCanceledException"/> of its token has ended in order.</para>
    /// <para><b>Concurrency.</b> Handlers start on the thread pool, and run side by side.</para>
    /// </remarks>
    /// <param name="handler">Serves one client. Its token fires when the listener stops.</param>
    /// <param name="cancellationToken">Stops the listener. That is the ordinary end, and throws nothing.</param>
    /// <returns>A task that ends when the listener has stopped.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is <see langword="null"/>.</exception>
    public Task ServeAsync(Func<PipeConnection, CancellationToken, Task> handler, CancellationToken cancellationToken = default) =>
        _server.ServeAsync(handler ?? throw new ArgumentNullException(nameof(handler)), cancellationToken);

    /// <summary>
    /// Stops: lets no client in, gives up the handshakes under way, cancels the handlers' token, waits up to <see cref="PipeListenerOptions.ShutdownTimeout"/> for the handlers and their
    /// connections, and aborts what is left. Connections returned by <see cref="AcceptAsync"/> are not touched. Idempotent; every call returns when the stop has ended.
    /// </summary>
    /// <returns>A task that ends when the listener has stopped.</returns>
    public ValueTask DisposeAsync() => new(_server.StopAsync());

    internal static PipeListener Listen(EndPoint endPoint, PipeListenerOptions? options)
    {
        if (endPoint is null) throw new ArgumentNullException(nameof(endPoint));
        if (endPoint is DnsEndPoint) throw new ArgumentException("A listener listens at an address, and a name may have several. Resolve it first, or listen at IPAddress.IPv6Any or IPAddress.Any.", nameof(endPoint));
        options = PipeListenerOptions.InUse(options);
        CheckConnectionOptions(options);
        return Over(ListeningSocket.Open(endPoint, options.Backlog, options.ConfigureSocket), options);
    }

    /// <summary>The one way from where clients come from to a listener.</summary>
    internal static PipeListener Over(IClientSource source, PipeListenerOptions? options)
    {
        options = PipeListenerOptions.InUse(options);
        return new PipeListener(source, options, PipeConnectionOptions.InUse(options.Connection));
    }

    internal static PipeListener Listen(Func<CancellationToken, ValueTask<Stream>> accept, PipeListenerOptions? options) =>
        Over(() => new StreamSource(new SourceEndPoint("streams"), accept), options);

    internal static PipeListener ListenNamedPipe(string name, PipeListenerOptions? options) => Over(
        () =>
        {
            NamedPipe pipe = new(name);
            return new StreamSource(new SourceEndPoint($"named pipe {name}"), pipe.AcceptAsync, pipe);
        },
        options);

    private static PipeListener Over(Func<StreamSource> open, PipeListenerOptions? options)
    {
        options = PipeListenerOptions.InUse(options);
        CheckConnectionOptions(options);
        if (options.ProxyProtocol)
            throw new ArgumentException("A PROXY header is read from a socket, and these clients are streams. Read it with ProxyHeader.TryRead at the front of the connection's input.", nameof(options));
        return Over(open(), options);
    }

    private static void CheckConnectionOptions(PipeListenerOptions options)
    {
        if (options.Connection is { LeaveOpen: true })
            throw new ArgumentException("LeaveOpen would leave the socket or the stream of every client open, with no owner: the connections of a listener own them.", nameof(options));
    }

    private static Task<PipeConnection> OpenAsync(Client client, ProxyGate? proxies, Func<Stream, CancellationToken, Task<Transport>>? handshake, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        if (client.Socket is not { } socket) return ConnectAsync(client, header: null, handshake, options, cancellationToken);

        // As for a socket that is dialed: the send pump joins small pieces itself.
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
        options.ConfigureSocket?.Invoke(socket);
        return proxies is null
            ? ConnectAsync(client, header: null, handshake, options, cancellationToken)
            : proxies.OpenAsync(socket, (header, token) => ConnectAsync(client, header, handshake, options, token), cancellationToken);
    }

    private static async Task<PipeConnection> ConnectAsync(Client client, ProxyHeader? header, Func<Stream, CancellationToken, Task<Transport>>? handshake, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        if (handshake is not null) return PipeConnection.Over(await handshake(client.ToStream(), cancellationToken).ConfigureAwait(false), options, header);
        return client.Socket is { } socket ? SocketConnection.CreateFor(socket, options, header) : StreamConnection.Create(client.ToStream(), options);
    }
}
