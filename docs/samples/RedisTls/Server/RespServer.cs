using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using StreamPipes;

namespace RedisTls;

/// <summary>A small server that speaks RESP, with TLS or without, on the loopback address, with its data in memory.</summary>
internal sealed class RespServer : IAsyncDisposable
{
    private readonly PipeListener _listener;
    private readonly Task _serving;
    private long _lastId;

    private RespServer(PipeListener listener, RespServerOptions options)
    {
        Options = options;
        _listener = listener;
        _serving = listener.ServeAsync(ServeAsync);
    }

    public RespServerOptions Options { get; }

    public KeyValueStore Store { get; } = new();

    public PubSubHub Hub { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    /// <exception cref="SocketException">The port is taken.</exception>
    public static RespServer Start(RespServerOptions options)
    {
        PipeListenerOptions listening = new()
        {
            // A client that does not close after QUIT must not keep the server from ending for long.
            Connection = new PipeConnectionOptions { CloseTimeout = TimeSpan.FromSeconds(2), HandshakeTimeout = options.HandshakeTimeout },
            ShutdownTimeout = options.StopTimeout,
        };
        if (options.Certificate is { } certificate)
            listening.Tls = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        return new RespServer(SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, options.Port), listening), options);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
    }

    private async Task ServeAsync(PipeConnection connection, CancellationToken stopping)
    {
        await using ServerSession session = new(connection, this, Interlocked.Increment(ref _lastId));
        await session.RunAsync(stopping);
    }
}
