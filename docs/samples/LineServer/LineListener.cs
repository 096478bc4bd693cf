using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StreamPipes;

namespace LineServer;

/// <summary>Listens on the loopback address, with TLS or without, and serves every client by itself.</summary>
internal sealed class LineListener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(20);

    private readonly Socket _listener;
    private readonly LineServerOptions _options;
    private readonly PipeConnectionOptions _connectionOptions;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _clients = new();
    private readonly ConcurrentDictionary<long, LineSession> _sessions = new();
    private readonly Task _accepting;

    private LineListener(Socket listener, LineServerOptions options)
    {
        _listener = listener;
        _options = options;
        _connectionOptions = new PipeConnectionOptions { IdleTimeout = options.IdleTimeout, WriteTimeout = options.WriteTimeout, CloseTimeout = options.StopTimeout };
        if (options.Certificate is { } certificate)
            _tls = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <exception cref="SocketException">The port is taken.</exception>
    public static LineListener Start(LineServerOptions options)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, options.Port));
            listener.Listen(512);
            return new LineListener(listener, options);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Lets no more clients in, answers the lines that have arrived, and closes every connection in order.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        foreach (LineSession session in _sessions.Values) session.Stop();
        try
        {
            await Task.WhenAll(_clients.Values).WaitAsync(_options.StopTimeout);
        }
        catch (TimeoutException)
        {
            // Clients that do not read what they are sent.
            foreach (LineSession session in _sessions.Values) session.Abort();
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
                // A client that went away before it was accepted, or no file handle left for it, in which case the next try would fail at once.
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
            await using PipeConnection connection = await OpenAsync(socket);
            LineSession session = new(connection, _options.MaxLineLength);
            _sessions[id] = session;
            if (_stopping.IsCancellationRequested) session.Stop();
            await session.RunAsync();
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException or TimeoutException or OperationCanceledException)
        {
            // The client went away, did not read for too long, or does not speak TLS. No other client has to do with it.
        }
        finally
        {
            _sessions.TryRemove(id, out _);
        }
    }

    private async Task<PipeConnection> OpenAsync(Socket socket)
    {
        socket.NoDelay = true;
        PipeConnection connection = SocketConnection.Create(socket, _connectionOptions);
        return _tls is null
            ? connection
            : await TlsConnection.AuthenticateAsServerAsync(connection, _tls, _connectionOptions, _stopping.Token);
    }
}
