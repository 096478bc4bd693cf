using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using StreamPipes;

namespace HttpOverPipes;

/// <summary>An <see cref="HttpClient"/> whose connections are the library's.</summary>
internal static class PipeHttpClient
{
    /// <param name="way">What is between the socket and HTTP.</param>
    /// <param name="port">The server's, on this machine.</param>
    /// <param name="version">Which HTTP, and no other.</param>
    /// <param name="trusted">The certificate to trust, for TLS.</param>
    public static HttpClient Create(Way way, int port, Version version, X509Certificate2 trusted)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (context, cancellationToken) => await ConnectAsync(way, context.DnsEndPoint, version, trusted, cancellationToken),
            SslOptions = { CertificateChainPolicy = TrustOnly(trusted) },
        };
        string scheme = way == Way.TlsOfHttpClient ? "https" : "http";
        return new HttpClient(handler)
        {
            BaseAddress = new Uri(FormattableString.Invariant($"{scheme}://localhost:{port}/")),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    /// <summary>Whatever comes out is a pipe, and a stream of any pipe is what HttpClient takes.</summary>
    private static async Task<Stream> ConnectAsync(Way way, EndPoint endPoint, Version version, X509Certificate2 trusted, CancellationToken cancellationToken)
    {
        PipeConnection socket = await SocketConnection.ConnectAsync(endPoint, cancellationToken: cancellationToken);
        if (way is Way.Plain or Way.TlsOfHttpClient) return socket.AsStream();
        if (way == Way.Brotli)
        {
            Stream stream = socket.AsStream();
            PipeConnection compressed = StreamConnection.Create(
                new BrotliStream(stream, CompressionMode.Decompress, leaveOpen: true),
                new BrotliStream(stream, CompressionLevel.Fastest));
            return compressed.AsStream();
        }

        SslClientAuthenticationOptions tls = new()
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TrustOnly(trusted),
            ApplicationProtocols = [version.Major == 2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
        };
        PipeConnection secured = await TlsConnection.AuthenticateAsClientAsync(socket, tls, cancellationToken: cancellationToken);
        return secured.AsStream();
    }

    private static X509ChainPolicy TrustOnly(X509Certificate2 certificate)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(certificate);
        return policy;
    }
}
