using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>A certificate for a client, of the tests' authority.</summary>
internal static class ClientCertificate
{
    public static X509Certificate2 Issue()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=client", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        X509Certificate2 authority = TestCertificates.Authority;
        using X509Certificate2 issued = request.Create(authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), RandomNumberGenerator.GetBytes(12));
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);

        // Windows cannot use a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), password: null);
    }
}
