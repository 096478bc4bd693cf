using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis.Configuration;

namespace StreamPipes.StackExchangeRedis.Internal;

/// <summary>Connects with nothing in between, and does the handshake.</summary>
internal static class DirectDial
{
    public static async ValueTask<PipeConnection> ConnectAsync(EndPoint endPoint, TlsOptions tls, PipeConnectionOptions options, CancellationToken cancellationToken) => tls.IsEnabled
        ? await TlsConnection.ConnectAsync(endPoint, Client(endPoint, tls), options, cancellationToken).ConfigureAwait(false)
        : await SocketConnection.ConnectAsync(endPoint, options, cancellationToken).ConfigureAwait(false);

    /// <summary>Does the handshake over a stream.</summary>
    public static Task<PipeConnection> AuthenticateAsync(Stream stream, EndPoint endPoint, TlsOptions tls, PipeConnectionOptions options, CancellationToken cancellationToken) =>
        TlsConnection.AuthenticateAsClientAsync(stream, Client(endPoint, tls), options, cancellationToken);

    private static SslClientAuthenticationOptions Client(EndPoint endPoint, TlsOptions tls)
    {
        string host = tls.ResolveHost(endPoint);
        SslClientAuthenticationOptions client = tls.GetSslClientAuthenticationOptions(host) ?? new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = tls.SslProtocols ?? SslProtocols.None,
            CertificateRevocationCheckMode = tls.CheckCertificateRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
        };

        // As in the client's own transport, callbacks go together with options that name none.
        client.RemoteCertificateValidationCallback ??= tls.CertificateValidationCallback;
        client.LocalCertificateSelectionCallback ??= tls.CertificateSelectionCallback;
        return client;
    }
}
