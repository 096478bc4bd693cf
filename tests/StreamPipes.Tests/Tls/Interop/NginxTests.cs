#if !LIBRARY_NETSTANDARD
using System.Net.Security;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>A client of ours asks nginx for a page over https.</summary>
[Collection(nameof(RealServers))]
public sealed class NginxTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Nginx_answers_over_the_version_we_ask_for(SslProtocols protocol)
    {
        await using ForeignTlsServer nginx = await StartAsync();
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(
            await nginx.ConnectAsync(), TlsOptions.Client(protocol, certificate: null, SslApplicationProtocol.Http11)).Guarded();

        (await connection.GetPageAsync()).Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith($"\r\n\r\n{Versions.Name(protocol)} localhost NONE");

        connection.Tls!.Protocol.Should().Be(protocol);
        connection.Tls.ApplicationProtocol.Should().Be(SslApplicationProtocol.Http11);
        connection.CloseReason.Should().Be(CloseReason.None);
    }

    [Fact]
    public async Task Many_requests_to_nginx_share_a_connection()
    {
        await using ForeignTlsServer nginx = await StartAsync();
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(await nginx.ConnectAsync(), TlsOptions.Client()).Guarded();
        string[] requests = [.. Enumerable.Repeat("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 99)];

        await connection.Output.WriteTextAsync(string.Concat(requests));
        string answers = await connection.GetPageAsync();

        answers.Split("TLSv1.3 localhost NONE").Should().HaveCount(101);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Nginx_wants_our_certificate(SslProtocols protocol)
    {
        await using ForeignTlsServer nginx = await StartAsync(requiresCertificate: true);
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(
            await nginx.ConnectAsync(), TlsOptions.Client(protocol, IssuedCertificates.Client)).Guarded();

        (await connection.GetPageAsync()).Should().EndWith("localhost SUCCESS");

        await using PipeConnection anonymous = await TlsConnection.AuthenticateAsClientAsync(await nginx.ConnectAsync(), TlsOptions.Client(protocol)).Guarded();
        (await anonymous.GetPageAsync()).Should().StartWith("HTTP/1.1 400 ").And.Contain("No required SSL certificate was sent");
    }

    private static Task<ForeignTlsServer> StartAsync(bool requiresCertificate = false) => Nginx.StartAsync("ssl", files => $"""
        ssl_client_certificate {files.Authority};
        ssl_verify_client {(requiresCertificate ? "on" : "off")};
        return 200 "$ssl_protocol $ssl_server_name $ssl_client_verify";
        """);
}
#endif
