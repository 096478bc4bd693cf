using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes;

/// <summary>What a TLS handshake has negotiated. A snapshot: it stays readable after the connection has ended.</summary>
public sealed class TlsSession
{
    private TlsSession(SslStream stream)
    {
        Protocol = stream.SslProtocol;
        CipherSuite = stream.NegotiatedCipherSuite;
        ApplicationProtocol = stream.NegotiatedApplicationProtocol;
        RemoteCertificate = stream.RemoteCertificate;
        TargetHostName = stream.TargetHostName;
        IsMutuallyAuthenticated = stream.IsMutuallyAuthenticated;
    }

    /// <summary>The version of TLS.</summary>
    public SslProtocols Protocol { get; }

    /// <summary>The cipher suite.</summary>
    public TlsCipherSuite CipherSuite { get; }

    /// <summary>The protocol agreed on by ALPN; empty if none was.</summary>
    public SslApplicationProtocol ApplicationProtocol { get; }

    /// <summary>The peer's certificate; <see langword="null"/> if it showed none. It belongs to the session and is not to be disposed.</summary>
    public X509Certificate? RemoteCertificate { get; }

    /// <summary>The server name: what the client asked for, on both sides; empty if it named none.</summary>
    public string TargetHostName { get; }

    /// <summary>Whether both sides showed a certificate.</summary>
    public bool IsMutuallyAuthenticated { get; }

    /// <summary>A class derived from <see cref="SslStream"/> may claim to be authenticated and have nothing to report.</summary>
    internal static TlsSession? TryCreate(SslStream stream)
    {
        try
        {
            return new TlsSession(stream);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }
}
