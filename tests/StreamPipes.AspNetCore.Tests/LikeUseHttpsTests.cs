using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using StreamPipes.AspNetCore.Tests.Testing;

namespace StreamPipes.AspNetCore.Tests;

/// <summary>What an application, a client and an operator see of TLS: the same with <c>UseTlsConnection</c> as with Kestrel's own <c>UseHttps</c>.</summary>
[Collection(nameof(RealServers))]
public sealed class LikeUseHttpsTests
{
    [Theory]
    [InlineData(HttpsLayer.UseHttps)]
    [InlineData(HttpsLayer.UseTlsConnection)]
    public async Task The_address_of_the_end_point_and_the_scheme_of_a_request_are_https(HttpsLayer layer)
    {
        await using TestServer server = await TestServer.StartAsync(listen => layer.Use(listen, TestCertificates.ServerOptions()));
        server.ListeningAddress.Should().StartWith("https://127.0.0.1:");
        server.Log.Lines.Should().Contain(line => line.Contains("Now listening on: https://", StringComparison.Ordinal));
        using HttpClient client = Client();
        (await client.GetStringAsync(server.Address("https")).Guarded()).Should().Be("https HTTP/1.1");
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps, SslProtocols.Tls12)]
    [InlineData(HttpsLayer.UseHttps, SslProtocols.Tls13)]
    [InlineData(HttpsLayer.UseTlsConnection, SslProtocols.Tls12)]
    [InlineData(HttpsLayer.UseTlsConnection, SslProtocols.Tls13)]
    public async Task The_features_of_a_connection_tell_what_was_negotiated(HttpsLayer layer, SslProtocols protocol)
    {
        await VisitAsync(layer, TestCertificates.ServerOptions(protocol), Client(protocol), context =>
        {
            SslStream stream = context.Features.Get<ISslStreamFeature>()!.SslStream;
            context.Features.Get<SslStream>().Should().BeSameAs(stream);
            stream.IsAuthenticated.Should().BeTrue();
            stream.IsServer.Should().BeTrue();
            ITlsHandshakeFeature handshake = context.Features.Get<ITlsHandshakeFeature>()!;
            handshake.Protocol.Should().Be(protocol);
            handshake.NegotiatedCipherSuite.Should().Be(stream.NegotiatedCipherSuite);
            handshake.HostName.Should().Be("localhost");
#pragma warning disable SYSLIB0058 // What is obsolete is still asked for.
            (handshake.CipherAlgorithm, handshake.CipherStrength).Should().Be((stream.CipherAlgorithm, stream.CipherStrength));
            (handshake.HashAlgorithm, handshake.HashStrength).Should().Be((stream.HashAlgorithm, stream.HashStrength));
            (handshake.KeyExchangeAlgorithm, handshake.KeyExchangeStrength).Should().Be((stream.KeyExchangeAlgorithm, stream.KeyExchangeStrength));
            handshake.CipherStrength.Should().BePositive();
#pragma warning restore SYSLIB0058
            context.Features.Get<ITlsConnectionFeature>()!.ClientCertificate.Should().BeNull();
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps, HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(HttpsLayer.UseHttps, HttpProtocols.Http2, "HTTP/2")]
    [InlineData(HttpsLayer.UseHttps, HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpsLayer.UseTlsConnection, HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(HttpsLayer.UseTlsConnection, HttpProtocols.Http2, "HTTP/2")]
    [InlineData(HttpsLayer.UseTlsConnection, HttpProtocols.Http1AndHttp2, "HTTP/2")]
    public async Task An_end_point_offers_its_protocols_even_those_that_are_set_afterwards(HttpsLayer layer, HttpProtocols protocols, string spoken)
    {
        await using TestServer server = await TestServer.StartAsync(listen =>
        {
            layer.Use(listen, TestCertificates.ServerOptions());
            listen.Protocols = protocols;
        });
        using HttpClient client = Client();
        client.DefaultRequestVersion = new Version(2, 0);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        (await client.GetStringAsync(server.Address("https")).Guarded()).Should().Be($"https {spoken}");
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps)]
    [InlineData(HttpsLayer.UseTlsConnection)]
    public async Task Protocols_that_the_options_name_are_those_that_are_offered(HttpsLayer layer)
    {
        SslServerAuthenticationOptions tls = TestCertificates.ServerOptions();
        tls.ApplicationProtocols = [SslApplicationProtocol.Http11];
        using HttpClient client = Client();
        client.DefaultRequestVersion = new Version(2, 0);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        await VisitAsync(layer, tls, client, context =>
        {
            context.Features.Get<ITlsApplicationProtocolFeature>()!.ApplicationProtocol.ToArray().Should().Equal("http/1.1"u8.ToArray());
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps, "1.1")]
    [InlineData(HttpsLayer.UseHttps, "2.0")]
    [InlineData(HttpsLayer.UseTlsConnection, "1.1")]
    [InlineData(HttpsLayer.UseTlsConnection, "2.0")]
    public async Task An_application_sees_the_certificate_of_a_client(HttpsLayer layer, string version)
    {
        using HttpClient client = Client(showsCertificate: true);
        client.DefaultRequestVersion = Version.Parse(version);
        await VisitAsync(layer, WantingCertificates(), client, async context =>
        {
            X509Certificate2? certificate = context.Connection.ClientCertificate;
            certificate!.Thumbprint.Should().Be(TestCertificates.Server.Thumbprint);
            (await context.Connection.GetClientCertificateAsync()).Should().BeSameAs(certificate);
            context.Features.Get<ITlsConnectionFeature>()!.ClientCertificate.Should().BeSameAs(certificate);
            context.Features.Get<ISslStreamFeature>()!.SslStream.IsMutuallyAuthenticated.Should().BeTrue();
        });
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps)]
    [InlineData(HttpsLayer.UseTlsConnection)]
    public async Task A_client_that_is_not_asked_for_a_certificate_has_none(HttpsLayer layer)
    {
        using HttpClient client = Client(showsCertificate: true);
        await VisitAsync(layer, TestCertificates.ServerOptions(), client, async context =>
        {
            context.Connection.ClientCertificate.Should().BeNull();
            (await context.Connection.GetClientCertificateAsync()).Should().BeNull();
        });
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps)]
    [InlineData(HttpsLayer.UseTlsConnection)]
    public async Task A_certificate_can_be_chosen_by_the_name_that_the_client_asks_for(HttpsLayer layer)
    {
        ConcurrentQueue<string?> asked = new();
        SslServerAuthenticationOptions tls = new()
        {
            ServerCertificateSelectionCallback = (_, name) =>
            {
                asked.Enqueue(name);
                return TestCertificates.Server;
            },
        };
        await VisitAsync(layer, tls, Client(), _ => Task.CompletedTask);
        asked.Should().Equal("localhost");
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps, "plain text")]
    [InlineData(HttpsLayer.UseHttps, "no certificate")]
    [InlineData(HttpsLayer.UseHttps, "half a hello")]
    [InlineData(HttpsLayer.UseHttps, "silence")]
    [InlineData(HttpsLayer.UseTlsConnection, "plain text")]
    [InlineData(HttpsLayer.UseTlsConnection, "no certificate")]
    [InlineData(HttpsLayer.UseTlsConnection, "half a hello")]
    [InlineData(HttpsLayer.UseTlsConnection, "silence")]
    public async Task A_handshake_that_fails_or_does_not_end_is_a_debug_message_and_the_next_client_is_served(HttpsLayer layer, string failure)
    {
        SslServerAuthenticationOptions tls = WantingCertificates();
        TimeSpan limit = failure is "silence" ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(30);
        await using TestServer server = await TestServer.StartAsync(listen => layer.Use(listen, tls, limit));
        await using (PipeConnection peer = await SocketConnection.ConnectAsync(server.EndPoint).Guarded())
        {
            if (failure is "plain text") await peer.Output.WriteTextAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            if (failure is "half a hello") await peer.Output.WriteAsync(new byte[] { 0x16, 3, 1, 2, 0, 1 }).Guarded();
            if (failure is "half a hello") await peer.Output.CompleteAsync().Guarded();
            if (failure is "no certificate")
            {
                using HttpClient refused = Client();
                await FluentActions.Awaiting(() => refused.GetStringAsync(server.Address("https")).Guarded()).Should().ThrowAsync<HttpRequestException>();
            }

            string logged = (layer, failure) switch
            {
                (HttpsLayer.UseHttps, "silence") => "Authentication of the HTTPS connection timed out",
                (HttpsLayer.UseHttps, _) => "Failed to authenticate HTTPS connection",
                (_, "silence") => "did not end within",
                _ => "The TLS handshake of the connection",
            };
            await server.Log.WaitForAsync(logged).Guarded();
            if (failure is not "no certificate") await peer.Input.TakeAllAsync();
        }

        using HttpClient client = Client(showsCertificate: true);
        (await client.GetStringAsync(server.Address("https")).Guarded()).Should().Be("https HTTP/1.1");
        server.Log.Serious.Should().BeEmpty();
    }

    [Theory]
    [InlineData(HttpsLayer.UseHttps)]
    [InlineData(HttpsLayer.UseTlsConnection)]
    public async Task The_metrics_of_a_connection_name_the_version_of_TLS_and_a_handshake_that_failed(HttpsLayer layer)
    {
        ConcurrentQueue<KeyValuePair<string, object?>[]> ended = new();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name is "kestrel.connection.duration") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => ended.Enqueue(tags.ToArray()));
        listener.Start();
        await using (TestServer server = await TestServer.StartAsync(listen => layer.Use(listen, TestCertificates.ServerOptions())))
        {
            using HttpClient client = Client();
            await client.GetStringAsync(server.Address("https")).Guarded();
            await using PipeConnection plain = await SocketConnection.ConnectAsync(server.EndPoint).Guarded();
            await plain.Output.WriteTextAsync("GET / HTTP/1.1\r\n\r\n");
            await plain.Input.TakeAllAsync();
            client.Dispose();
            await server.StopAsync().Guarded();
        }

        ended.Should().ContainSingle(tags => tags.Contains(new KeyValuePair<string, object?>("tls.protocol.version", "1.3")));
        ended.Should().ContainSingle(tags => tags.Contains(new KeyValuePair<string, object?>("error.type", "tls_handshake_failed")));
    }

    [Fact]
    public async Task The_options_of_the_caller_stay_as_they_are()
    {
        SslServerAuthenticationOptions tls = TestCertificates.ServerOptions();
        await VisitAsync(HttpsLayer.UseTlsConnection, tls, Client(), _ => Task.CompletedTask);
        tls.ApplicationProtocols.Should().BeNull();
    }

    [Fact]
    public void A_copy_of_the_options_has_every_property_of_theirs()
    {
        X509ChainPolicy policy = new();
        SslServerAuthenticationOptions tls = new()
        {
            AllowRenegotiation = true,
            AllowTlsResume = false,
            CertificateChainPolicy = policy,
            CertificateRevocationCheckMode = X509RevocationMode.Offline,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls12,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
            ServerCertificate = TestCertificates.Server,
            ServerCertificateContext = SslStreamCertificateContext.Create(TestCertificates.Server, additionalCertificates: null, offline: true),
            ServerCertificateSelectionCallback = (_, _) => TestCertificates.Server,
        };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) tls.AllowRsaPkcs1Padding = tls.AllowRsaPssPadding = false;
        if (!OperatingSystem.IsWindows()) tls.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]);
        Internal.TlsEndPoint.Copy(tls, [SslApplicationProtocol.Http3]).Should().BeEquivalentTo(tls, options => options.Excluding(all => all.ApplicationProtocols).WithStrictOrdering());
        SslServerAuthenticationOptions untouched = new();
        string[] alike = [.. typeof(SslServerAuthenticationOptions).GetProperties()
            .Where(property => property.Name is not (nameof(tls.ApplicationProtocols) or nameof(tls.EncryptionPolicy)) && Equals(property.GetValue(tls), property.GetValue(untouched)))
            .Select(property => property.Name)];
        alike.Should().BeEmpty("a property that is left at its default proves nothing of its copy");
    }

    private static async Task VisitAsync(HttpsLayer layer, SslServerAuthenticationOptions tls, HttpClient client, Func<HttpContext, Task> look)
    {
        TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(
            listen => layer.Use(listen, tls),
            map: application => application.MapGet("/look", async context =>
            {
                try
                {
                    await look(context);
                    looked.TrySetResult();
                }
                catch (Exception exception)
                {
                    looked.TrySetException(exception);
                }
            }));
        using (client) await client.GetStringAsync(new Uri(server.Address("https"), "look")).Guarded();
        await looked.Task.Guarded();
    }

    private static SslServerAuthenticationOptions WantingCertificates()
    {
        SslServerAuthenticationOptions tls = TestCertificates.ServerOptions(SslProtocols.Tls12);
        tls.ClientCertificateRequired = true;
        tls.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        return tls;
    }

    private static HttpClient Client(SslProtocols protocols = SslProtocols.None, bool showsCertificate = false)
    {
        SslClientAuthenticationOptions tls = TestCertificates.ClientOptions(protocols);
        if (showsCertificate) tls.ClientCertificateContext = SslStreamCertificateContext.Create(TestCertificates.Server, additionalCertificates: null, offline: true);
        return new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }
}
