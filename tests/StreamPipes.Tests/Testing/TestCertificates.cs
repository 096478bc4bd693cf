using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// A certificate authority and a server certificate for localhost and 127.0.0.1, made once per process, and TLS options that use them:
/// the client really validates, against this authority and no other.
/// </summary>
internal static class TestCertificates
{
    private static readonly Lazy<(X509Certificate2 Authority, X509Certificate2 Server)> Made = new(Make);

    public static X509Certificate2 Authority => Made.Value.Authority;

    public static X509Certificate2 Server => Made.Value.Server;

    public static SslServerAuthenticationOptions ServerOptions(SslProtocols protocols = SslProtocols.Tls13) => new()
    {
        ServerCertificate = Server,
        EnabledSslProtocols = protocols,
    };

    public static SslClientAuthenticationOptions ClientOptions(SslProtocols protocols = SslProtocols.Tls13)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Authority);
        return new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            CertificateChainPolicy = policy,
        };
    }

    private static (X509Certificate2 Authority, X509Certificate2 Server) Make()
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1);
        DateTimeOffset to = from.AddDays(30);

        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authorityRequest = new("CN=StreamPipes test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        X509Certificate2 authority = authorityRequest.CreateSelfSigned(from, to);

        using ECDsa serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest serverRequest = new("CN=localhost", serverKey, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        serverRequest.CertificateExtensions.Add(names.Build());
        serverRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using X509Certificate2 publicPart = serverRequest.Create(authority, from, to, RandomNumberGenerator.GetBytes(12));
        using X509Certificate2 withKey = publicPart.CopyWithPrivateKey(serverKey);

        // Windows cannot use a key that lives in memory only.
        return (authority, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), password: null));
    }
}
