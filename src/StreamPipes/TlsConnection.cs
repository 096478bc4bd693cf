using System.IO.Pipelines;
using System.Net;
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
/// handshake; a protocol that upgrades in mid-stream calls <see cref="UpgradeAsServerAsync"/> or <see cref="UpgradeAsClientAsync"/>, which refuse any.</para>
/// <para><b>Completion.</b> Completing <see cref="PipeConnection.Output"/> sends close_notify, and the other direction continues. A peer that ends
/// its connection without close_notify ends the input, too: <see cref="PipeConnection.CloseReason"/> is <see cref="CloseReason.Truncated"/> then, and with
/// <see cref="PipeConnectionOptions.RequireCloseNotify"/> the read throws.</para>
/// <para><b>Errors.</b> A refused certificate or a failed negotiation throws the <see cref="System.Security.Authentication.AuthenticationException"/> of the handshake.</para>
/// <para><b>Cancellation.</b> The token and <see cref="PipeConnectionOptions.HandshakeTimeout"/> end the handshake, even on a transport that
/// ignores tokens. They have no effect on the connection afterwards.</para>
/// <para><b>Alternatives.</b> An <see cref="SslStream"/> you have authenticated yourself goes into <see cref="StreamConnection.Create(Stream, PipeConnectionOptions?)"/>.</para>
/// </remarks>
public static class TlsConnection
{
    /// <summary>Connects a new socket and does a client's handshake over it.</summary>
    /// <remarks>
    /// <para><b>Ownership.</b> Whichever of the two fails, the socket is closed.</para>
    /// <para><b>Time limits.</b> <see cref="PipeConnectionOptions.HandshakeTimeout"/> begins with the handshake; connecting is limited as by
    /// <see cref="SocketConnection.ConnectAsync"/>.</para>
    /// <para><b>Proxies.</b> <see cref="PipeConnectionOptions.ProxyHeader"/> is sent in the clear, in one write with the first bytes of the handshake.</para>
    /// </remarks>
    /// <param name="endPoint">As for <see cref="SocketConnection.ConnectAsync"/>.</param>
    /// <param name="tls">
    /// Client certificates, protocols, validation: as for <see cref="SslStream"/>. The certificate is checked against its
    /// <see cref="SslClientAuthenticationOptions.TargetHost"/>, which is not taken from <paramref name="endPoint"/>.
    /// </param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up connecting and the handshake. It has no effect on the connection afterwards.</param>
    /// <returns>The connection; <see cref="PipeConnection.Tls"/> tells what was negotiated.</returns>
    /// <exception cref="ArgumentException"><paramref name="options"/> say to leave the transport open, which no caller could reach.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The connection was refused or could not be made.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate was refused, or the negotiation failed.</exception>
    /// <exception cref="IOException">The transport failed or ended during the handshake.</exception>
    /// <exception cref="TimeoutException">The handshake took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> ConnectAsync(EndPoint endPoint, SslClientAuthenticationOptions tls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(tls);
        options = PipeConnectionOptions.InUse(options);
        if (options.LeaveOpen) throw LeftToNoCaller(nameof(options));
        return DialAsync(endPoint, tls, options, cancellationToken);
    }

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

    /// <summary>Does a server's handshake over a stream, with a certificate chosen by what the client asks for (SNI).</summary>
    /// <param name="transport">A duplex stream, usually an accepted socket's.</param>
    /// <param name="selectTls">
    /// Receives the name and the versions of the client's hello, and returns the options for this client: it may look a certificate up asynchronously. Its
    /// token is the handshake's; what it throws is what this call throws. Its state is <see langword="null"/>.
    /// </param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <returns>The connection; <see cref="TlsSession.TargetHostName"/> of its <see cref="PipeConnection.Tls"/> is the name that the client asked for.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The negotiation failed, or the client's certificate was refused.</exception>
    /// <exception cref="IOException">The transport failed or ended during the handshake.</exception>
    /// <exception cref="TimeoutException">The handshake took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> AuthenticateAsServerAsync(Stream transport, ServerOptionsSelectionCallback selectTls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        StreamRequirements.Duplex(transport, nameof(transport));
        ArgumentNullException.ThrowIfNull(selectTls);
        return AuthenticateAsync(TlsCarrier.Of(transport), TlsEngine.Server(selectTls), options, cancellationToken);
    }

    /// <summary>Does a server's handshake over a duplex pipe, with a certificate chosen by what the client asks for (SNI).</summary>
    /// <param name="transport">Any duplex pipe, one of this library's connections among them.</param>
    /// <param name="selectTls">
    /// Receives the name and the versions of the client's hello, and returns the options for this client: it may look a certificate up asynchronously. Its
    /// token is the handshake's; what it throws is what this call throws. Its state is <see langword="null"/>.
    /// </param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <returns>The connection; <see cref="TlsSession.TargetHostName"/> of its <see cref="PipeConnection.Tls"/> is the name that the client asked for.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="transport"/> is a connection of this library, and <paramref name="options"/> say to leave it open: detach it, and pass its stream.
    /// </exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The negotiation failed, or the client's certificate was refused.</exception>
    /// <exception cref="IOException">The transport failed or ended during the handshake.</exception>
    /// <exception cref="TimeoutException">The handshake took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> AuthenticateAsServerAsync(IDuplexPipe transport, ServerOptionsSelectionCallback selectTls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(selectTls);
        return AuthenticateAsync(TlsCarrier.Of(transport), TlsEngine.Server(selectTls), options, cancellationToken);
    }

    /// <summary>
    /// The server's side of STARTTLS, in one call after the client's command has been read: detaches the connection, refuses what the client sent in the clear behind its command, tells
    /// the client to go ahead, and does the handshake.
    /// </summary>
    /// <remarks>
    /// <para><b>Security.</b> Bytes that arrived behind the command would be taken for what the encrypted client said (CVE-2011-0411). They are refused before the go-ahead is
    /// sent. What comes in the clear after it fails the handshake.</para>
    /// <para><b>Ownership.</b> As with the other methods of this class: <paramref name="connection"/> ends with <see cref="CloseReason.Detached"/>, the connection that comes
    /// back owns the transport, and whatever fails closes it.</para>
    /// <para><b>Concurrency.</b> As with <see cref="PipeConnection.DetachAsync"/>: no read pending, what was read given back, no writer at work. What was written before is sent first.</para>
    /// <para><b>Time limits.</b> <see cref="PipeConnectionOptions.HandshakeTimeout"/> covers the whole call.</para>
    /// </remarks>
    /// <param name="connection">The connection in the clear, with the client's command consumed.</param>
    /// <param name="goAhead">What tells the client to begin, such as <c>220 Ready to start TLS</c> and a line end. It is sent in the clear; it may be empty.</param>
    /// <param name="tls">Certificate, client certificates, protocols, validation: as for <see cref="SslStream"/>.</param>
    /// <param name="options">How the new connection reads, writes, schedules and closes; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up. It has no effect on the connection afterwards.</param>
    /// <returns>The connection; <see cref="PipeConnection.Tls"/> tells what was negotiated.</returns>
    /// <exception cref="ArgumentException"><paramref name="options"/> say to leave the transport open, which no caller could reach.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The client sent something in the clear behind its command, or the negotiation failed.</exception>
    /// <exception cref="InvalidOperationException">A read is pending or not given back, an end was completed already, or the connection has been detached.</exception>
    /// <exception cref="NotSupportedException">The connection stands on two one-way streams.</exception>
    /// <exception cref="IOException">The transport failed or ended before the end of the handshake.</exception>
    /// <exception cref="TimeoutException">It took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> UpgradeAsServerAsync(PipeConnection connection, ReadOnlyMemory<byte> goAhead, SslServerAuthenticationOptions tls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(tls);
        return AuthenticateAsync(TlsCarrier.Upgraded(connection, goAhead), TlsEngine.Server(tls), options, cancellationToken);
    }

    /// <summary>
    /// The client's side of STARTTLS, in one call after the server's go-ahead has been read: detaches the connection, refuses what came in the clear behind the go-ahead, and does the
    /// handshake.
    /// </summary>
    /// <remarks>
    /// <para><b>Security.</b> Bytes that arrived behind the go-ahead would be taken for what the encrypted server said. They are refused before the handshake begins; what comes in the
    /// clear later fails it.</para>
    /// <para><b>Ownership, concurrency, time limits.</b> As with <see cref="UpgradeAsServerAsync"/>.</para>
    /// </remarks>
    /// <param name="connection">The connection in the clear, with the server's go-ahead consumed.</param>
    /// <param name="tls">Target host, client certificates, protocols, validation: as for <see cref="SslStream"/>.</param>
    /// <param name="options">How the new connection reads, writes, schedules and closes; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up. It has no effect on the connection afterwards.</param>
    /// <returns>The connection; <see cref="PipeConnection.Tls"/> tells what was negotiated.</returns>
    /// <exception cref="ArgumentException"><paramref name="options"/> say to leave the transport open, which no caller could reach.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The server sent something in the clear behind its go-ahead, its certificate was refused, or the negotiation failed.</exception>
    /// <exception cref="InvalidOperationException">A read is pending or not given back, an end was completed already, or the connection has been detached.</exception>
    /// <exception cref="NotSupportedException">The connection stands on two one-way streams.</exception>
    /// <exception cref="IOException">The transport failed or ended before the end of the handshake.</exception>
    /// <exception cref="TimeoutException">It took longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static Task<PipeConnection> UpgradeAsClientAsync(PipeConnection connection, SslClientAuthenticationOptions tls, PipeConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(tls);
        return AuthenticateAsync(TlsCarrier.Upgraded(connection, goAhead: default), TlsEngine.Client(tls), options, cancellationToken);
    }

    private static Task<PipeConnection> AuthenticateAsync(TlsCarrier carrier, TlsEngine engine, PipeConnectionOptions? options, CancellationToken cancellationToken)
    {
        options = PipeConnectionOptions.InUse(options);
        if (options.LeaveOpen && carrier.IsConnection) throw LeftToNoCaller(nameof(options));
        return RunAsync(carrier, engine, options, cancellationToken);
    }

    private static async Task<PipeConnection> RunAsync(TlsCarrier carrier, TlsEngine engine, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        return PipeConnection.Over(await TlsHandshake.RunAsync(carrier, engine, options, cancellationToken).ConfigureAwait(false), options, carrier.ProxyHeader);
    }

    private static async Task<PipeConnection> DialAsync(EndPoint endPoint, SslClientAuthenticationOptions tls, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        PipeConnection plain = await SocketConnection.ConnectAndSendAsync(endPoint, options, firstBytes: default, cancellationToken).ConfigureAwait(false);
        return await RunAsync(TlsCarrier.Of(plain, options.ProxyHeader?.ToArray()), TlsEngine.Client(tls), options, cancellationToken).ConfigureAwait(false);
    }

    private static ArgumentException LeftToNoCaller(string parameter) => new(
        "LeaveOpen would leave a stream that no caller can reach: TLS takes the stream out of the connection. Detach the connection first (DetachAsync) and pass its stream.", parameter);
}
