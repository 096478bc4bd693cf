using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>The test's certificates as files, the way programs want them. The folder goes when the test ends.</summary>
internal sealed class PemFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Authority => _folder.Write("ca.pem", TestCertificates.Authority.ExportCertificatePem());

    public string PathOf(string file) => _folder.PathOf(file);

    public string Write(string file, string text) => _folder.Write(file, text);

    public string CertificateOf(X509Certificate2 certificate) => _folder.Write($"{certificate.SerialNumber}.pem", certificate.ExportCertificatePem());

    public string KeyOf(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;

        // A key that came from a PKCS#12 may be exportable encrypted only; a detour makes it plain.
        byte[] encrypted = key.ExportEncryptedPkcs8PrivateKey("detour", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1));
        using ECDsa plain = ECDsa.Create();
        plain.ImportEncryptedPkcs8PrivateKey("detour", encrypted, out _);
        return _folder.Write($"{certificate.SerialNumber}.key", plain.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _folder.Dispose();
}
