using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LineServer;

namespace StreamPipes.Samples.Tests.LineServer;

/// <summary>The sample's server in this process, with TLS or without, and clients for it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly PipeListener _listener;
    private readonly Task _serving;

    public RunningServer(bool usesTls = false, Action<PipeListenerOptions>? configure = null, int maxLineLength = 4096)
    {
        _certificate = usesTls ? SampleCertificate.Create() : null;
        PipeListenerOptions options = Program.ListenerOptions(_certificate);
        configure?.Invoke(options);
        _listener = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0), options);
        _serving = _listener.ServeAsync((client, stopping) => new LineSession(client, maxLineLength).RunAsync(stopping));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    public async Task<PipeConnection> ConnectAsync()
    {
        if (_certificate is null) return await SocketConnection.ConnectAsync(_listener.LocalEndPoint);
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificate);
        return await TlsConnection.ConnectAsync(_listener.LocalEndPoint, new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy });
    }

    public async Task StopAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().Guarded();
        _certificate?.Dispose();
    }
}
