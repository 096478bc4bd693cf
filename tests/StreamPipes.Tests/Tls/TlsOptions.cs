using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Tls;

/// <summary>TLS options of both sides, which really validate, against the test's own authority.</summary>
internal static class TlsOptions
{
    public static readonly SslApplicationProtocol Echo = new("echo");

    public static SslClientAuthenticationOptions Client(SslProtocols protocol = SslProtocols.Tls13, X509Certificate2? certificate = null, params SslApplicationProtocol[] alpn)
    {
        SslClientAuthenticationOptions options = TestCertificates.ClientOptions(protocol);
        if (certificate is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        if (alpn.Length > 0) options.ApplicationProtocols = [.. alpn];
        return options;
    }

    public static SslServerAuthenticationOptions Server(SslProtocols protocol = SslProtocols.Tls13, X509Certificate2? certificate = null, params SslApplicationProtocol[] alpn)
    {
        SslServerAuthenticationOptions options = TestCertificates.ServerOptions(protocol);
        if (certificate is not null) options.ServerCertificate = certificate;
        if (alpn.Length > 0) options.ApplicationProtocols = [.. alpn];
        return options;
    }

    /// <summary>Asks the client for a certificate by the test's authority.</summary>
    /// <param name="protocol">The version to talk.</param>
    /// <param name="isOptional">Whether a client without one is let in all the same.</param>
    public static SslServerAuthenticationOptions MutualServer(SslProtocols protocol = SslProtocols.Tls13, bool isOptional = false)
    {
        SslServerAuthenticationOptions options = Server(protocol);
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        options.CertificateChainPolicy.CustomTrustStore.Add(TestCertificates.Authority);
        if (isOptional) options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNotAvailable;
        return options;
    }
}
