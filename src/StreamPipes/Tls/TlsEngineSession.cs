using StreamPipes.Transports;

namespace StreamPipes.Tls;

/// <summary>One TLS session of an engine.</summary>
internal abstract class TlsEngineSession
{
    public abstract Task HandshakeAsync(CancellationToken cancellationToken);

    /// <summary>The session as a transport for the pumps. Only after the handshake.</summary>
    public abstract Transport ToTransport(PipeConnectionOptions options);

    /// <summary>Drops a session whose handshake failed, and the carrier, unless that is left open.</summary>
    public abstract Task DropAsync();
}
