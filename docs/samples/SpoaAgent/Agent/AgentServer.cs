using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using StreamPipes;

namespace SpoaAgent;

/// <summary>Listens for HAProxy on the loopback address, with TLS or without.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private readonly PipeListener _listener;
    private readonly Task _serving;

    private AgentServer(PipeListener listener, IMessageHandler handler, AgentOptions options)
    {
        _listener = listener;
        _serving = listener.ServeAsync(async (connection, stopping) =>
        {
            using AgentSession session = new(connection, handler, options, Counters);
            await session.RunAsync(stopping);
        });
    }

    public AgentCounters Counters { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    /// <exception cref="SocketException">The port is taken.</exception>
    public static AgentServer Start(IMessageHandler handler, AgentOptions options)
    {
        PipeListenerOptions listening = new()
        {
            Connection = new PipeConnectionOptions { IdleTimeout = options.IdleTimeout, CloseTimeout = TimeSpan.FromSeconds(2) },
            ShutdownTimeout = TimeSpan.FromSeconds(5),
            OnConnectionFault = (_, error) => options.Report($"a connection ended: {error.Message}"),
        };
        if (options.Certificate is { } certificate)
            listening.Tls = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        return new AgentServer(SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, options.Port), listening), handler, options);
    }

    /// <summary>Answers what is in work, says DISCONNECT to every connection, and closes them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
    }
}
