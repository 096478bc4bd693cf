using System.Net.Security;

namespace StreamPipes.Tls;

/// <summary>
/// The seam behind which TLS happens: a byte stream goes in, an authenticated transport comes out. Another engine, such as one that works on
/// buffers instead of a stream, goes in here.
/// </summary>
internal abstract class TlsEngine
{
    public static TlsEngine Client(SslClientAuthenticationOptions options) => new SslStreamEngine((stream, token) => stream.AuthenticateAsClientAsync(options, token));

    public static TlsEngine Server(SslServerAuthenticationOptions options) => new SslStreamEngine((stream, token) => stream.AuthenticateAsServerAsync(options, token));

    /// <summary>The options are chosen when the client's hello is there.</summary>
    public static TlsEngine Server(ServerOptionsSelectionCallback select) => new SslStreamEngine((stream, token) => stream.AuthenticateAsServerAsync(select, state: null, token));

    /// <summary>Starts a session that has not shaken hands yet.</summary>
    /// <param name="carrier">What carries the records.</param>
    /// <param name="leaveOpen">Whether the end of the session leaves the carrier open.</param>
    public abstract TlsEngineSession Begin(Stream carrier, bool leaveOpen);
}
