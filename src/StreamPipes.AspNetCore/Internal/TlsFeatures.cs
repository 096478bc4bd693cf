using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>
/// What a TLS handshake negotiated, in the words of the server: by these Kestrel chooses HTTP/2 and the scheme. A snapshot, readable after the connection.
/// </summary>
internal sealed class TlsFeatures : ITlsConnectionFeature, ITlsHandshakeFeature, ITlsApplicationProtocolFeature
{
    private readonly TlsSession _session;

    private TlsFeatures(TlsSession session, in SuiteParts parts)
    {
        _session = session;
        ClientCertificate = session.RemoteCertificate switch
        {
            null => null,
            X509Certificate2 certificate => certificate,
            X509Certificate certificate => new X509Certificate2(certificate),
        };
        CipherAlgorithm = parts.Cipher;
        CipherStrength = parts.CipherStrength;
        HashAlgorithm = parts.Hash;
        HashStrength = parts.HashStrength;
        KeyExchangeAlgorithm = parts.KeyExchange;
        KeyExchangeStrength = parts.KeyExchangeStrength;
    }

    public X509Certificate2? ClientCertificate { get; set; }

    public ReadOnlyMemory<byte> ApplicationProtocol => _session.ApplicationProtocol.Protocol;

    public SslProtocols Protocol => _session.Protocol;

    public TlsCipherSuite? NegotiatedCipherSuite => _session.CipherSuite;

    public string HostName => _session.TargetHostName;

#pragma warning disable SYSLIB0058 // Use NegotiatedCipherSuite
    public CipherAlgorithmType CipherAlgorithm { get; }

    public int CipherStrength { get; }

    public HashAlgorithmType HashAlgorithm { get; }

    public int HashStrength { get; }

    public ExchangeAlgorithmType KeyExchangeAlgorithm { get; }

    public int KeyExchangeStrength { get; }
#pragma warning restore SYSLIB0058

    /// <param name="features">The connection's.</param>
    /// <param name="session">What was negotiated.</param>
    /// <param name="stream">The stream of the session, where it is at hand.</param>
    /// <param name="parts">What it told of its suite while it was open for sure.</param>
    public static void AddTo(IFeatureCollection features, TlsSession session, SslStream? stream = null, SuiteParts parts = default)
    {
        TlsFeatures tls = new(session, parts);
        features.Set<ITlsConnectionFeature>(tls);
        features.Set<ITlsHandshakeFeature>(tls);
        features.Set<ITlsApplicationProtocolFeature>(tls);
        if (stream is null) return;
        features.Set<ISslStreamFeature>(new StreamFeature(stream));

        // There is code from before that feature, which looks for the stream itself.
        features.Set(stream);
    }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

    private sealed class StreamFeature(SslStream stream) : ISslStreamFeature
    {
        public SslStream SslStream => stream;
    }
}
