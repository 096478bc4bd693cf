using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>What a TLS handshake negotiated, in the words of the server: by these Kestrel chooses HTTP/2 and the scheme.</summary>
internal sealed class TlsFeatures : ITlsConnectionFeature, ITlsHandshakeFeature, ITlsApplicationProtocolFeature
{
    private readonly TlsSession _session;

    private TlsFeatures(TlsSession session)
    {
        _session = session;
        ClientCertificate = session.RemoteCertificate switch
        {
            null => null,
            X509Certificate2 certificate => certificate,
            X509Certificate certificate => new X509Certificate2(certificate),
        };
    }

    public X509Certificate2? ClientCertificate { get; set; }

    public ReadOnlyMemory<byte> ApplicationProtocol => _session.ApplicationProtocol.Protocol;

    public SslProtocols Protocol => _session.Protocol;

    public TlsCipherSuite? NegotiatedCipherSuite => _session.CipherSuite;

    public string HostName => _session.TargetHostName;

    // The parts of the suite, one by one, are obsolete: they cannot say what TLS 1.3 negotiates. The suite does.
#pragma warning disable SYSLIB0058 // Use NegotiatedCipherSuite
    public CipherAlgorithmType CipherAlgorithm => CipherAlgorithmType.None;

    public int CipherStrength => 0;

    public HashAlgorithmType HashAlgorithm => HashAlgorithmType.None;

    public int HashStrength => 0;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => ExchangeAlgorithmType.None;

    public int KeyExchangeStrength => 0;
#pragma warning restore SYSLIB0058

    /// <summary>Adds nothing where there is no TLS session.</summary>
    public static void AddTo(IFeatureCollection features, PipeConnection connection)
    {
        if (connection.Tls is not { } session) return;
        TlsFeatures tls = new(session);
        features.Set<ITlsConnectionFeature>(tls);
        features.Set<ITlsHandshakeFeature>(tls);
        features.Set<ITlsApplicationProtocolFeature>(tls);
    }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
}
