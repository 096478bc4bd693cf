using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>The sample's proxy in this process, what it reports, and clients for it.</summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    private readonly Channel<Exception> _faults = Channel.CreateUnbounded<Exception>();
    private readonly PipeListener _listener;
    private readonly Task _serving;

    public RunningProxy(ProxyOptions options)
    {
        Proxy proxy = new(options with { Report = (_, fault) => _faults.Writer.TryWrite(fault) });
        _listener = proxy.Listen();
        _serving = _listener.ServeAsync(proxy.ServeAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint;

    /// <summary>The next fault that it reports.</summary>
    public Task<Exception> FaultAsync() => _faults.Reader.ReadAsync().Guarded();

    public async Task<PipeConnection> ConnectAsync(SslClientAuthenticationOptions? tls = null, ProxyHeader? header = null)
    {
        PipeConnectionOptions options = new() { ProxyHeader = header };
        return tls is null
            ? await SocketConnection.ConnectAsync(EndPoint, options).Guarded()
            : await TlsConnection.ConnectAsync(EndPoint, tls, options).Guarded();
    }

    /// <summary>A client that sends its bytes as they are, each write a segment of its own.</summary>
    public async Task<Socket> ConnectRawAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint).Guarded();
        return socket;
    }

    public async Task StopAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
    }

    public async ValueTask DisposeAsync() => await StopAsync().Guarded();
}
