using System.IO.Pipelines;
using System.Net.Security;
using StreamPipes.Common;
using StreamPipes.Tls;

namespace StreamPipes;

/// <summary>Puts TLS over a stream or a pipe and gives back a pipe, in one call.</summary>
/// <remarks>
/// <para><b>Ownership.</b> The connection owns the TLS session and the transport under it; a handshake that fails or is cancelled disposes the
/// transport. With <see cref="PipeConnectionOptions.LeaveOpen"/> the session still ends with close_notify, but the transport stays open and the
/// caller's. A <see cref="PipeConnection"/> given as the transport is detached: TLS runs on its stream or socket itself, so that no byte is
/// pumped twice, and that connection ends with <see cref="CloseReason.Detached"/>. Bytes it had received and no reader had consumed go to the
/// handshake; a protocol that upgrades in mid-stream should call <see cref="PipeConnection.DetachAsync"/> itself and refuse any.</para>
/// <para><b>Completion.</b> Completing <see cref="PipeConnection.Output"/> sends close_notify, and the other direction continues. A peer that ends
/// its connection without close_notify looks the same as one with: a truncation is visible only to the protocol above.</para>
/// <para><b>Errors.</b> A refused certificate or a failed negotiation throws the <see cref="System.Security.Authentication.AuthenticationException"/> of the handshake.</para>
/// <para><b>Cancellation.</b> The token and <see cref="PipeConnectionOptions.HandshakeTimeout"/> end the handshake, even on a transport that
/// ignores tokens. They have no effect on the connection afterwards.</para>
/// <para><b>Alternatives.</b> An <see cref="SslStream"/> you have authenticated yourself goes into <see cref="StreamConnection.Create(Stream, PipeConnectionOptions?)"/>.</para>
/// </remarks>
public static class TlsConnection
{
    /// <summary>Does a client's handshake over a stream.</summary>
    /// <param name="transport">A duplex stream, usually a socket's.</param>
    /// <param name="tls">Target host, client certificates, protocols, validation: as for <see cref="SslStream"/>.</param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <returns>The connection; <see cref="PipeConnection.Tls"/> tells what was negotiated.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate was refused, or the negotiation failed.</exception>
    /// <exception cref="IOException">The transport failed or ended during the handshake.</exception>
    /// <exception cref="TimeoutException">The handshake took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> AuthenticateAsClientAsync(Stream transport, SslClientAuthenticationOptions tls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        StreamRequirements.Duplex(transport, nameof(transport));
        ArgumentNullException.ThrowIfNull(tls);
        return AuthenticateAsync(TlsCarrier.Of(transport), TlsEngine.Client(tls), options, cancellationToken);
    }

    /// <summary>Does a client's handshake over a duplex pipe.</summary>
    /// <param name="transport">Any duplex pipe, one of this library's connections among them.</param>
    /// <param name="tls">Target host, client certificates, protocols, validation: as for <see cref="SslStream"/>.</param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <returns>The connection; <see cref="PipeConnection.Tls"/> tells what was negotiated.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="transport"/> is a connection of this library, and <paramref name="options"/> say to leave it open: detach it, and pass its stream.
    /// </exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate was refused, or the negotiation failed.</exception>
    /// <exception cref="IOException">The transport failed or ended during the handshake.</exception>
    /// <exception cref="TimeoutException">The handshake took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> AuthenticateAsClientAsync(IDuplexPipe transport, SslClientAuthenticationOptions tls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(tls);
        return AuthenticateAsync(TlsCarrier.Of(transport), TlsEngine.Client(tls), options, cancellationToken);
    }

    /// <summary>Does a server's handshake over a stream.</summary>
    /// <param name="transport">A duplex stream, usually an accepted socket's.</param>
    /// <param name="tls">Certificate, client certificates, protocols, validation: as for <see cref="SslStream"/>.</param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <returns>The connection; <see cref="PipeConnection.Tls"/> tells what was negotiated.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate was refused, or the negotiation failed.</exception>
    /// <exception cref="IOException">The transport failed or ended during the handshake.</exception>
    /// <exception cref="TimeoutException">The handshake took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> AuthenticateAsServerAsync(Stream transport, SslServerAuthenticationOptions tls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        StreamRequirements.Duplex(transport, nameof(transport));
        ArgumentNullException.ThrowIfNull(tls);
        return AuthenticateAsync(TlsCarrier.Of(transport), TlsEngine.Server(tls), options, cancellationToken);
    }

    /// <summary>Does a server's handshake over a duplex pipe.</summary>
    /// <param name="transport">Any duplex pipe, one of this library's connections among them.</param>
    /// <param name="tls">Certificate, client certificates, protocols, validation: as for <see cref="SslStream"/>.</param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <returns>The connection; <see cref="PipeConnection.Tls"/> tells what was negotiated.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="transport"/> is a connection of this library, and <paramref name="options"/> say to leave it open: detach it, and pass its stream.
    /// </exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate was refused, or the negotiation failed.</exception>
    /// <exception cref="IOException">The transport failed or ended during the handshake.</exception>
    /// <exception cref="TimeoutException">The handshake took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> AuthenticateAsServerAsync(IDuplexPipe transport, SslServerAuthenticationOptions tls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(tls);
        return AuthenticateAsync(TlsCarrier.Of(transport), TlsEngine.Server(tls), options, cancellationToken);
    }

    private static Task<PipeConnection> AuthenticateAsync(TlsCarrier carrier, TlsEngine engine, PipeConnectionOptions? options, CancellationToken cancellationToken)
    {
        options = PipeConnectionOptions.InUse(options);
        if (options.LeaveOpen && carrier.IsConnection)
            throw new ArgumentException("LeaveOpen would leave a stream that no code can reach: TLS takes the stream out of the connection. Detach the connection first (DetachAsync) and pass its stream.", nameof(options));
        return RunAsync(carrier, engine, options, cancellationToken);
    }

    private static async Task<PipeConnection> RunAsync(TlsCarrier carrier, TlsEngine engine, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        return PipeConnection.Over(await TlsHandshake.RunAsync(carrier, engine, options, cancellationToken).ConfigureAwait(false), options);
    }
}
