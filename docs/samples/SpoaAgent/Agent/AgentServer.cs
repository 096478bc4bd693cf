using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StreamPipes;

namespace SpoaAgent;

/// <summary>Listens for HAProxy on the loopback address, with TLS or without.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly IMessageHandler _handler;
    private readonly AgentOptions _options;
    private readonly PipeConnectionOptions _connectionOptions;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoning = new();
    private readonly ConcurrentDictionary<long, Task> _clients = new();
    private readonly ConcurrentDictionary<long, AgentSession> _sessions = new();
    private readonly Task _accepting;

    private AgentServer(Socket listener, IMessageHandler handler, AgentOptions options)
    {
        _listener = listener;
        _handler = handler;
        _options = options;
        _connectionOptions = new PipeConnectionOptions { IdleTimeout = options.IdleTimeout, CloseTimeout = TimeSpan.FromSeconds(2) };
        if (options.Certificate is { } certificate)
            _tls = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        _accepting = AcceptAsync();
    }

    public AgentCounters Counters { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <exception cref="SocketException">The port is taken.</exception>
    public static AgentServer Start(IMessageHandler handler, AgentOptions options)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, options.Port));
            listener.Listen(512);
            return new AgentServer(listener, handler, options);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Answers what is in work, says DISCONNECT to every connection, and closes them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        foreach (AgentSession session in _sessions.Values) session.Stop();
        try
        {
            await Task.WhenAll(_clients.Values).WaitAsync(StopTimeout);
        }
        catch (TimeoutException)
        {
            // Handlers that do not come to an end, or a HAProxy that does not read its answers.
            await _abandoning.CancelAsync();
            foreach (AgentSession session in _sessions.Values) session.Abort();
            await Task.WhenAll(_clients.Values);
        }

        _stopping.Dispose();
        _abandoning.Dispose();
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
            using AgentSession session = new(connection, _handler, _options, Counters);
            _sessions[id] = session;
            if (_stopping.IsCancellationRequested) session.Stop();
            await session.RunAsync(_abandoning.Token);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException or TimeoutException or OperationCanceledException)
        {
            // HAProxy went away, was silent for too long, or is not one. Connections of others have nothing to do with it.
            _options.Report($"a connection ended: {exception.Message}");
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
