namespace StreamPipes;

/// <content>What .NET Standard has no types for.</content>
public sealed partial class PipeConnection
{
    /// <summary>
    /// What the TLS handshake negotiated, if the connection stands directly on a TLS session; otherwise <see langword="null"/>.
    /// </summary>
    public TlsSession? Tls => _lifetime.Tls;
}
