using System.Net.Security;

namespace StreamPipes;

/// <content>What .NET Standard has no types for.</content>
public sealed partial class PipeListenerOptions
{
    private SslServerAuthenticationOptions? _tls;
    private ServerOptionsSelectionCallback? _tlsSelector;

    /// <summary>
    /// TLS for every client: certificate, client certificates, protocols, validation, as for <see cref="SslStream"/>. Default <see langword="null"/>: no TLS, unless there is a
    /// <see cref="TlsSelector"/>. Give them a <see cref="SslServerAuthenticationOptions.ServerCertificateContext"/>, which holds the certificate chain, instead of a
    /// certificate whose chain is built for every client.
    /// </summary>
    /// <remarks>A handshake may take <see cref="PipeConnectionOptions.HandshakeTimeout"/>. One that fails is reported to <see cref="OnConnectionFault"/>.</remarks>
    public SslServerAuthenticationOptions? Tls
    {
        get => _tls;
        set => Set(ref _tls, value);
    }

    /// <summary>
    /// TLS by what the client asks for, its server name for example: it is called in every handshake, may be asynchronous, and comes before <see cref="Tls"/>. Its time counts as
    /// the handshake's. Default <see langword="null"/>.
    /// </summary>
    public ServerOptionsSelectionCallback? TlsSelector
    {
        get => _tlsSelector;
        set => Set(ref _tlsSelector, value);
    }

    partial void CopyTls(PipeListenerOptions other)
    {
        _tls = other._tls;
        _tlsSelector = other._tlsSelector;
    }
}
