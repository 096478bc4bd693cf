using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Smoke;

/// <summary>A certificate for localhost.</summary>
internal static class Certificate
{
    public static X509Certificate2 Make()
    {
        using RSA key = RSA.Create();
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Windows cannot use a key that lives in memory only.
        return Load(certificate.Export(X509ContentType.Pfx));
    }

    public static X509Certificate2 Load(string path) => Load(File.ReadAllBytes(path));

#if NET9_0_OR_GREATER
    private static X509Certificate2 Load(byte[] pkcs12) => X509CertificateLoader.LoadPkcs12(pkcs12, password: null);
#else
    private static X509Certificate2 Load(byte[] pkcs12) => new(pkcs12, (string?)null);
#endif
}
