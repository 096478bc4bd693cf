using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The sample's server in this process, with its authority in a file for other programs.</summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly X509Certificate2 _certificate;

    public EmbeddedServer(string? password = null, string? host = null, Func<RespServerOptions, RespServerOptions>? configure = null)
    {
        _certificate = host is null ? _authority.IssueForThisMachine() : _authority.IssueFor(host);
        RespServerOptions options = new() { Certificate = _certificate, Password = password };
        Server = RespServer.Start(configure?.Invoke(options) ?? options);
        AuthorityFile = _folder.Write("ca.pem", _authority.CertificatePem);
    }

    public RespServer Server { get; }

    public string AuthorityFile { get; }

    public string Address => FormattableString.Invariant($"localhost:{Server.Port}");

    public RedisClientOptions Options(int protocol = 3, string? password = null) => new()
    {
        Host = "localhost",
        Port = Server.Port,
        Authorities = _authority.ToTrustStore(),
        Password = password,
        Protocol = protocol,
    };

    public async Task<RedisClient> ConnectAsync(int protocol = 3) => await RedisConnector.ConnectAsync(Options(protocol)).Guarded();

    /// <summary>A TLS session without a client, for bytes of the test's own.</summary>
    public async Task<SslStream> ConnectRawAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("localhost", Server.Port).Guarded();
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        SslClientAuthenticationOptions tls = new()
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        tls.CertificateChainPolicy.CustomTrustStore.AddRange(_authority.ToTrustStore());
        await stream.AuthenticateAsClientAsync(tls).Guarded();
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().Guarded();
        _certificate.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }
}
