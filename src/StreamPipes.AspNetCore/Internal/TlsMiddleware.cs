using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>Does the handshake of a client that has connected. One that fails is the client's affair and ends only its connection.</summary>
internal sealed partial class TlsMiddleware(SslServerAuthenticationOptions tls, PipeConnectionOptions? options, ILogger logger)
{
    public async ValueTask<PipeConnection?> ConnectAsync(ConnectionContext context, CancellationToken cancellationToken)
    {
        try
        {
            // A stream, since a connection of ours would be detached, and with that over, and the server takes that for the end of the client.
            Stream transport = context.Transport.AsStream(leaveOpen: true);
            PipeConnection connection = await TlsConnection.AuthenticateAsServerAsync(transport, tls, options, cancellationToken).ConfigureAwait(false);
            TlsFeatures.AddTo(context.Features, connection);
            return connection;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException or TimeoutException or OperationCanceledException)
        {
            // Port scanners and clients that do not trust us are everyday life: the server goes on, and whoever wants to know reads the log.
            LogFailedHandshake(logger, context.ConnectionId, exception);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The TLS handshake of the connection {ConnectionId} failed.", EventName = "HandshakeFailed")]
    private static partial void LogFailedHandshake(ILogger logger, string connectionId, Exception exception);
}
