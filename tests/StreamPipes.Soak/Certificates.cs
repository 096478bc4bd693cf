using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Soak;

/// <summary>A certificate for localhost, made once, and TLS options of both sides. The client takes that certificate and no other.</summary>
internal static class Certificates
{
    private static readonly X509Certificate2 Own = Make();
    private static readonly SslStreamCertificateContext Context = SslStreamCertificateContext.Create(Own, additionalCertificates: null, offline: true);

    public static SslServerAuthenticationOptions Server(SslProtocols protocol) => new()
    {
        ServerCertificateContext = Context,
        EnabledSslProtocols = protocol,
    };

    public static SslClientAuthenticationOptions Client(SslProtocols protocol) => new()
    {
        TargetHost = "localhost",
        EnabledSslProtocols = protocol,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(Own.RawDataMemory.Span),
    };

    private static X509Certificate2 Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));

        // Windows cannot use a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }
}
