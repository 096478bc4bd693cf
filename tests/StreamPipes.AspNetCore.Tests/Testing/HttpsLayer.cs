using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace StreamPipes.AspNetCore.Tests.Testing;

/// <summary>The two ways to put TLS under an end point. Kestrel's own is the control group.</summary>
public enum HttpsLayer
{
    /// <summary>Kestrel's.</summary>
    UseHttps,

    /// <summary>The library's.</summary>
    UseTlsConnection,
}

internal static class HttpsLayerExtensions
{
    public static void Use(this HttpsLayer layer, ListenOptions listen, SslServerAuthenticationOptions tls, TimeSpan? handshakeTimeout = null)
    {
        TimeSpan timeout = handshakeTimeout ?? TimeSpan.FromSeconds(10);
        if (layer == HttpsLayer.UseTlsConnection) listen.UseTlsConnection(tls, new PipeConnectionOptions { HandshakeTimeout = timeout });
        else listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(tls), HandshakeTimeout = timeout });
    }
}
