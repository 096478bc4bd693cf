using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Tls;

/// <summary>Certificates by the authority of <see cref="TestCertificates"/>, good and bad, and one by an authority that nobody knows.</summary>
internal static class IssuedCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly Lazy<X509Certificate2> LazyClient = new(() => Issue(TestCertificates.Authority, "client", ClientAuthentication));
    private static readonly Lazy<X509Certificate2> LazyExpired = new(() => Issue(TestCertificates.Authority, "localhost", ServerAuthentication, until: DateTimeOffset.UtcNow.AddHours(-1)));
    private static readonly Lazy<X509Certificate2> LazyWrongName = new(() => Issue(TestCertificates.Authority, "elsewhere.example", ServerAuthentication));
    private static readonly Lazy<X509Certificate2> LazyUnknownAuthority = new(() => IssueByAStranger("localhost", ServerAuthentication));
    private static readonly Lazy<X509Certificate2> LazyUnknownClient = new(() => IssueByAStranger("client", ClientAuthentication));

    public static X509Certificate2 Client => LazyClient.Value;

    public static X509Certificate2 UnknownClient => LazyUnknownClient.Value;

    public static X509Certificate2 Expired => LazyExpired.Value;

    public static X509Certificate2 WrongName => LazyWrongName.Value;

    public static X509Certificate2 UnknownAuthority => LazyUnknownAuthority.Value;

    /// <summary>A server's certificate that a client must refuse.</summary>
    public static X509Certificate2 Refused(string flaw) => flaw switch
    {
        "expired" => Expired,
        "wrong name" => WrongName,
        "unknown authority" => UnknownAuthority,
        _ => throw new ArgumentOutOfRangeException(nameof(flaw), flaw, "No such flaw."),
    };

    private static X509Certificate2 IssueByAStranger(string name, string usage)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=A stranger", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 stranger = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return Issue(stranger, name, usage);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, string usage, DateTimeOffset? until = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        DateTimeOffset from = DateTimeOffset.UtcNow.AddHours(-20);
        using X509Certificate2 publicPart = request.Create(authority, from, until ?? from.AddDays(20), RandomNumberGenerator.GetBytes(12));
        using X509Certificate2 withKey = publicPart.CopyWithPrivateKey(key);

        // Windows cannot use a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), password: null, X509KeyStorageFlags.Exportable);
    }
}
