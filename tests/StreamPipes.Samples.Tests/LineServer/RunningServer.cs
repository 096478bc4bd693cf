using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LineServer;

namespace StreamPipes.Samples.Tests.LineServer;

/// <summary>The sample's server in this process, with TLS or without, and clients for it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly LineListener _listener;
    private Task? _stopping;

    public RunningServer(bool usesTls = false, Func<LineServerOptions, LineServerOptions>? configure = null)
    {
        _certificate = usesTls ? SampleCertificate.Create() : null;
        LineServerOptions options = new() { Certificate = _certificate };
        _listener = LineListener.Start(configure?.Invoke(options) ?? options);
    }

    public int Port => _listener.Port;

    public async Task<PipeConnection> ConnectAsync()
    {
        PipeConnection connection = await SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));
        if (_certificate is null) return connection;
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificate);
        SslClientAuthenticationOptions tls = new() { TargetHost = "localhost", CertificateChainPolicy = policy };
        return await TlsConnection.AuthenticateAsClientAsync(connection, tls);
    }

    public Task StopAsync() => _stopping ??= _listener.DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await StopAsync().Guarded();
        _certificate?.Dispose();
    }
}
