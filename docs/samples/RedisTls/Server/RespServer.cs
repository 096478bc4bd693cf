using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StreamPipes;

namespace RedisTls;

/// <summary>A small server that speaks RESP, with TLS or without, on the loopback address, with its data in memory.</summary>
internal sealed class RespServer : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(20);

    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _clients = new();
    private readonly ConcurrentDictionary<long, ServerSession> _sessions = new();
    private readonly PipeConnectionOptions _connectionOptions;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _accepting;

    private RespServer(Socket listener, RespServerOptions options)
    {
        Options = options;
        _listener = listener;

        // A client that does not close after QUIT must not keep the server from ending for long.
        _connectionOptions = new PipeConnectionOptions { CloseTimeout = TimeSpan.FromSeconds(2), HandshakeTimeout = options.HandshakeTimeout };
        if (options.Certificate is { } certificate)
            _tls = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        _accepting = AcceptAsync();
    }

    public RespServerOptions Options { get; }

    public KeyValueStore Store { get; } = new();

    public PubSubHub Hub { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <exception cref="SocketException">The port is taken.</exception>
    public static RespServer Start(RespServerOptions options)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, options.Port));
            listener.Listen(512);
            return new RespServer(listener, options);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        foreach (ServerSession session in _sessions.Values) session.Stop();
        try
        {
            await Task.WhenAll(_clients.Values).WaitAsync(Options.StopTimeout);
        }
        catch (TimeoutException)
        {
            // Clients that do not read their replies.
            foreach (ServerSession session in _sessions.Values) session.Abort();
            await Task.WhenAll(_clients.Values);
        }

        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (long next = 1; ; next++)
        {
            long id = next;
            try
            {
                Socket socket = await _listener.AcceptAsync(_stopping.Token);
                Task client = ServeAsync(socket, id);
                _clients[id] = client;
                _ = client.ContinueWith(_ => _clients.TryRemove(id, out Task? _), TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // A client that went away before it was accepted, or no file handle left for it: the others are served on. The next try
                // would fail at once in the second case, so it has to wait a little.
                await Task.Delay(AcceptPause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket socket, long id)
    {
        // The accept loop is not to wait for a handshake.
        await Task.Yield();
        try
        {
            if (await OpenAsync(socket) is not { } connection) return;
            await using ServerSession session = new(connection, this, id);
            _sessions[id] = session;
            if (_stopping.IsCancellationRequested) return;
            await session.RunAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or TimeoutException)
        {
            // The client's connection broke: there is nobody left to tell, and no other client has to do with it.
        }
        finally
        {
            _sessions.TryRemove(id, out _);
        }
    }

    private async Task<PipeConnection?> OpenAsync(Socket socket)
    {
        socket.NoDelay = true;
        PipeConnection connection = SocketConnection.Create(socket, _connectionOptions);
        if (_tls is null) return connection;
        try
        {
            return await TlsConnection.AuthenticateAsServerAsync(connection, _tls, _connectionOptions, _stopping.Token);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException or TimeoutException or OperationCanceledException)
        {
            // Not a TLS client, one that does not trust us, or one that says nothing.
            return null;
        }
    }
}
