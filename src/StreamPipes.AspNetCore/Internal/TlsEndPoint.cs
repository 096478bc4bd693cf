using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>What makes an end point of Kestrel one with TLS, beside the handshakes of its clients.</summary>
internal static class TlsEndPoint
{
    /// <summary>
    /// Has Kestrel call the end point <c>https</c>, in its addresses and wherever it asks. There is one public way to say so, which is <c>UseHttps</c>; behind a
    /// session that exists already its middleware does nothing. What goes past connection middleware, HTTP/3 over QUIC, gets the same certificate from here.
    /// </summary>
    public static void Declare(ListenOptions listen, SslServerAuthenticationOptions tls, TimeSpan handshakeTimeout) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(Copy(tls, [SslApplicationProtocol.Http3])),
        HandshakeTimeout = handshakeTimeout,
    });

    /// <summary>Offers clients the end point's protocols, unless the options say what to offer.</summary>
    public static SslServerAuthenticationOptions WithProtocols(SslServerAuthenticationOptions tls, HttpProtocols protocols)
    {
        if (tls.ApplicationProtocols is not null) return tls;
        List<SslApplicationProtocol> offered = [];
        if (protocols.HasFlag(HttpProtocols.Http2)) offered.Add(SslApplicationProtocol.Http2);
        if (protocols.HasFlag(HttpProtocols.Http1)) offered.Add(SslApplicationProtocol.Http11);
        return Copy(tls, offered);
    }

    /// <summary>The caller's options may serve other end points, and stay as they are.</summary>
    internal static SslServerAuthenticationOptions Copy(SslServerAuthenticationOptions tls, List<SslApplicationProtocol> protocols)
    {
        SslServerAuthenticationOptions copy = new()
        {
            AllowRenegotiation = tls.AllowRenegotiation,
            AllowTlsResume = tls.AllowTlsResume,
            ApplicationProtocols = protocols,
            CertificateChainPolicy = tls.CertificateChainPolicy,
            CertificateRevocationCheckMode = tls.CertificateRevocationCheckMode,
            CipherSuitesPolicy = tls.CipherSuitesPolicy,
            ClientCertificateRequired = tls.ClientCertificateRequired,
            EnabledSslProtocols = tls.EnabledSslProtocols,
            EncryptionPolicy = tls.EncryptionPolicy,
            RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
            ServerCertificate = tls.ServerCertificate,
            ServerCertificateContext = tls.ServerCertificateContext,
            ServerCertificateSelectionCallback = tls.ServerCertificateSelectionCallback,
        };
#if NET10_0_OR_GREATER
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            copy.AllowRsaPkcs1Padding = tls.AllowRsaPkcs1Padding;
            copy.AllowRsaPssPadding = tls.AllowRsaPssPadding;
        }
#endif
        return copy;
    }
}
