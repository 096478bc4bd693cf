using System.Net;
using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>A client, the proxy, and the server's end of the client's connection behind it.</summary>
internal sealed class ProxyBench : IAsyncDisposable
{
    private readonly PipeListener _backend;

    private ProxyBench(PipeListener backend, RunningProxy proxy, PipeConnection client, PipeConnection server)
    {
        _backend = backend;
        Proxy = proxy;
        Client = client;
        Server = server;
    }

    public RunningProxy Proxy { get; }

    public PipeConnection Client { get; }

    public PipeConnection Server { get; }

    /// <param name="isTlsIn">Whether the client speaks TLS to the proxy.</param>
    /// <param name="isTlsOut">Whether the proxy speaks TLS to the backend.</param>
    /// <param name="proxyVersion">The version of the PROXY header to the backend, if there is one.</param>
    /// <param name="header">The PROXY header that the client sends, if there is one.</param>
    public static async Task<ProxyBench> StartAsync(bool isTlsIn, bool isTlsOut, int? proxyVersion = null, ProxyHeader? header = null)
    {
        PipeListener backend = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0), new PipeListenerOptions
        {
            Tls = isTlsOut ? TestCertificates.ServerOptions() : null,
            ProxyProtocol = proxyVersion is not null,
        });
        RunningProxy proxy = new(new ProxyOptions
        {
            Tls = isTlsIn ? TestCertificates.ServerOptions() : null,
            Backend = backend.LocalEndPoint,
            BackendTls = isTlsOut ? TestCertificates.ClientOptions() : null,
            ProxyVersion = proxyVersion,
            TrustedProxies = header is null ? null : IPNetwork.Parse("127.0.0.0/8"),
        });
        Task<PipeConnection> accepting = backend.AcceptAsync().AsTask();
        PipeConnection client = await proxy.ConnectAsync(isTlsIn ? TestCertificates.ClientOptions() : null, header);
        return new ProxyBench(backend, proxy, client, await accepting.Guarded());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        Server.Abort();
        await Proxy.DisposeAsync();
        await _backend.DisposeAsync().Guarded();
    }
}
