using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using StackExchange.Redis.Configuration;

namespace StreamPipes.StackExchangeRedis.Internal;

/// <summary>Connects with nothing in between, and does the handshake by means of the standard's <see cref="SslStream"/>.</summary>
internal static class DirectDial
{
    public static async ValueTask<PipeConnection> ConnectAsync(EndPoint endPoint, TlsOptions tls, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        PipeConnection connection = await SocketConnection.ConnectAsync(endPoint, options, cancellationToken).ConfigureAwait(false);
        if (!tls.IsEnabled) return connection;
        try
        {
            DetachedStream detached = await connection.DetachAsync(cancellationToken).ConfigureAwait(false);
            return await AuthenticateAsync(detached.Stream, endPoint, tls, options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    /// <summary>Does the handshake over a stream.</summary>
    public static async Task<PipeConnection> AuthenticateAsync(Stream stream, EndPoint endPoint, TlsOptions tls, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        SslStream session = new(stream, leaveInnerStreamOpen: false, tls.CertificateValidationCallback, tls.CertificateSelectionCallback, EncryptionPolicy.RequireEncryption);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.HandshakeTimeout);
        try
        {
            // The standard's handshake takes no token: it ends when its stream does.
            using (limit.Token.Register(static session => ((SslStream)session!).Dispose(), session))
            {
                await session.AuthenticateAsClientAsync(tls.ResolveHost(endPoint), clientCertificates: null, tls.SslProtocols ?? SslProtocols.None, tls.CheckCertificateRevocation).ConfigureAwait(false);
            }

            limit.Token.ThrowIfCancellationRequested();
            return StreamConnection.Create(session, options);
        }
        catch (Exception e)
        {
            session.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested) throw new TimeoutException($"The TLS handshake took longer than the HandshakeTimeout of {options.HandshakeTimeout}.", e);
            throw;
        }
    }
}
