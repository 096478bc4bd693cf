using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TlsProxy;

/// <summary>A certificate for one run of the sample, signed by itself.</summary>
internal static class SampleCertificate
{
    /// <param name="names">The servers that may show it, besides the one at 127.0.0.1.</param>
    public static X509Certificate2 Create(params string[] names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names) alternatives.AddDnsName(name);
        alternatives.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(alternatives.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(7));
        return WithStoredKey(certificate);
    }

    /// <summary>Reads a certificate and its key from a PEM file.</summary>
    public static X509Certificate2 Load(string file)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(file);
        return WithStoredKey(certificate);
    }

    /// <summary>Windows' TLS does not take a key that was never in a key store; a trip through PKCS #12 puts it there.</summary>
    private static X509Certificate2 WithStoredKey(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
