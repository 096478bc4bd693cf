using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Guards;

/// <summary>A certificate for localhost that the program with the snippets trusts, and nobody else.</summary>
internal static class SnippetCertificate
{
    /// <summary>Writes <c>server.pfx</c>, which snippets name, and beside it the certificate alone.</summary>
    /// <returns>The path of the latter.</returns>
    public static async Task<string> WriteAsync(string folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllBytesAsync(Path.Combine(folder, "server.pfx"), certificate.Export(X509ContentType.Pfx));
        string authority = Path.Combine(folder, "authority.pem");
        await File.WriteAllTextAsync(authority, certificate.ExportCertificatePem());
        return authority;
    }
}
