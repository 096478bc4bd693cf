using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Benchmarks.Links;

/// <summary>A self-signed certificate, made once per process, and the options both ends of a benchmark's TLS use.</summary>
internal static class LoopbackTls
{
    private static readonly Lazy<X509Certificate2> Made = new(Make);
    private static readonly Lazy<SslStreamCertificateContext> Context = new(() => SslStreamCertificateContext.Create(Made.Value, additionalCertificates: null, offline: true));

    public static X509Certificate2 Certificate => Made.Value;

    public static SslServerAuthenticationOptions Server { get; } = new() { ServerCertificateContext = Context.Value };

    /// <summary>No session is resumed: every contender pays for the same handshake.</summary>
    public static SslClientAuthenticationOptions Client => new()
    {
        TargetHost = "localhost",
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    };

    private static X509Certificate2 Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));

        // Windows cannot use a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }
}
