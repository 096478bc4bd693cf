using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>Does the handshake of a client that has connected. One that fails is the client's affair and ends only its connection.</summary>
internal sealed partial class TlsMiddleware(SslServerAuthenticationOptions tls, PipeConnectionOptions options, ILogger logger)
{
    /// <summary>The stream under the session is a loan that is given back by its dispose: the session always ends, by close_notify.</summary>
    private readonly PipeConnectionOptions _layerOptions = options.LeaveOpen ? new PipeConnectionOptions(options) { LeaveOpen = false } : options;

    /// <returns>The layer; <see langword="null"/> if there was no handshake.</returns>
    public async ValueTask<PipeConnection?> ConnectAsync(ConnectionContext context)
    {
        SslStream session = new(ServerTransport.LendStream(context.Transport), leaveInnerStreamOpen: false);
        bool isAuthenticated = false;
        try
        {
            isAuthenticated = await TryAuthenticateAsync(context, session).ConfigureAwait(false);
        }
        finally
        {
            if (!isAuthenticated) await session.DisposeAsync().ConfigureAwait(false);
        }

        if (!isAuthenticated) return null;

        // Before the connection, which disposes the session at once where the client has left already.
        SuiteParts parts = SuiteParts.Of(session);
        PipeConnection layer = StreamConnection.Create(session, _layerOptions);
        if (layer.Tls is { } negotiated) TlsFeatures.AddTo(context.Features, negotiated, session, parts);
        return layer;
    }

    private async Task<bool> TryAuthenticateAsync(ConnectionContext context, SslStream session)
    {
        ICollection<KeyValuePair<string, object?>>? tags = context.Features.Get<IConnectionMetricsTagsFeature>()?.Tags;
        using CancellationTokenSource timeout = new(options.HandshakeTimeout, options.TimeProvider ?? TimeProvider.System);
        try
        {
            await session.AuthenticateAsServerAsync(tls, timeout.Token).ConfigureAwait(false);
            LogEstablished(logger, context.ConnectionId, session.SslProtocol);
            if (VersionOf(session.SslProtocol) is { } version) tags?.Add(new KeyValuePair<string, object?>("tls.protocol.version", version));
            return true;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            // Port scanners and clients that do not trust us are everyday life: the server continues, and the log has the rest.
            if (timeout.IsCancellationRequested) LogTimedOut(logger, context.ConnectionId, options.HandshakeTimeout);
            else LogFailed(logger, context.ConnectionId, exception);
            tags?.Add(new KeyValuePair<string, object?>("error.type", "tls_handshake_failed"));
            return false;
        }
    }

    /// <summary>As the server's own middleware names it in its metrics.</summary>
    private static string? VersionOf(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "1.2",
        SslProtocols.Tls13 => "1.3",
        _ => null,
    };

    [LoggerMessage(1, LogLevel.Debug, "The TLS handshake of the connection {ConnectionId} failed.", EventName = "HandshakeFailed")]
    private static partial void LogFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "The TLS handshake of the connection {ConnectionId} did not end within {Timeout}.", EventName = "HandshakeTimedOut")]
    private static partial void LogTimedOut(ILogger logger, string connectionId, TimeSpan timeout);

    [LoggerMessage(3, LogLevel.Debug, "The connection {ConnectionId} speaks {Protocol}.", EventName = "Established")]
    private static partial void LogEstablished(ILogger logger, string connectionId, SslProtocols protocol);
}
