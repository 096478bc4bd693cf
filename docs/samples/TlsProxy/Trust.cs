using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TlsProxy;

/// <summary>TLS of a client, with the authorities that it trusts.</summary>
internal static class Trust
{
    /// <param name="host">The name that the server's certificate must have.</param>
    /// <param name="authorities">The authorities; <see langword="null"/>: those of this machine.</param>
    public static SslClientAuthenticationOptions For(string host, X509Certificate2Collection? authorities)
    {
        if (authorities is null) return new SslClientAuthenticationOptions { TargetHost = host };
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy };
    }
}
