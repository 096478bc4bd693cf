using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using StreamPipes;
using StreamPipes.AspNetCore;

namespace HttpOverPipes;

/// <summary>A Kestrel whose transports are the library's: one port for each thing that can be between the socket and HTTP.</summary>
internal sealed class PipeServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private PipeServer(WebApplication application) => _application = application;

    public int PlainPort { get; private set; }

    public int TlsPort { get; private set; }

    public int BrotliPort { get; private set; }

    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<PipeServer> StartAsync(X509Certificate2 certificate, int plainPort = 0, int tlsPort = 0)
    {
        SslServerAuthenticationOptions tls = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        ListenOptions[] listening = new ListenOptions[3];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;

            // HttpClient does not know of TLS that is made below its stream, and says http.
            kestrel.AllowAlternateSchemes = true;

            // Without TLS nothing negotiates HTTP/2.
            kestrel.Listen(IPAddress.Loopback, plainPort, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listening[0] = listen.UsePipeConnection((context, _) => new ValueTask<PipeConnection>(StreamConnection.Create(context.Transport.AsStream())));
            });
            kestrel.Listen(IPAddress.Loopback, tlsPort, listen => listening[1] = listen.UseTlsConnection(tls));
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listening[2] = listen.UseStreamLayer(
                    input => new BrotliStream(input, CompressionMode.Decompress),
                    output => new BrotliStream(output, CompressionLevel.Fastest));
            });
        });
        WebApplication application = builder.Build();
        application.MapGet("/", context => context.Response.WriteAsync($"hello over {context.Request.Protocol}\n"));
        application.MapPost("/hash", HashAsync);
        application.MapGet("/bytes/{length:long}", SendAsync);
        await application.StartAsync();
        int[] ports = [.. listening.Select(listen => listen.IPEndPoint!.Port)];
        return new PipeServer(application) { PlainPort = ports[0], TlsPort = ports[1], BrotliPort = ports[2] };
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task HashAsync(HttpContext context)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        for (int count = -1; count != 0;)
        {
            count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted);
            hash.AppendData(buffer, 0, count);
        }

        await context.Response.WriteAsync(Convert.ToHexString(hash.GetHashAndReset()), context.RequestAborted);
    }

    private static async Task SendAsync(HttpContext context)
    {
        long length = long.Parse((string)context.Request.RouteValues["length"]!, System.Globalization.CultureInfo.InvariantCulture);
        context.Response.ContentLength = length;
        await Pattern.WriteAsync(context.Response.Body, length, context.RequestAborted);
    }
}
