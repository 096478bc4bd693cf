#if !LIBRARY_NETSTANDARD
using System.Net.Security;
using System.Security.Authentication;
using System.Text;

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

        (await GetAsync(connection)).Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith($"\r\n\r\n{Versions.Name(protocol)} localhost NONE");

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
        string answers = await GetAsync(connection);

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

        (await GetAsync(connection)).Should().EndWith("localhost SUCCESS");

        await using PipeConnection anonymous = await TlsConnection.AuthenticateAsClientAsync(await nginx.ConnectAsync(), TlsOptions.Client(protocol)).Guarded();
        (await GetAsync(anonymous)).Should().StartWith("HTTP/1.1 400 ").And.Contain("No required SSL certificate was sent");
    }

    private static async Task<string> GetAsync(PipeConnection connection)
    {
        await connection.Output.WriteTextAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        return Encoding.ASCII.GetString(await connection.Input.TakeAllAsync());
    }

    private static Task<ForeignTlsServer> StartAsync(bool requiresCertificate = false)
    {
        ExternalProgram.Require("nginx", "nginx-light");
        return ForeignTlsServer.StartOnAsync(
            "nginx",
            (files, port) => ["-e", "/dev/stdout", "-p", files.PathOf("."), "-c", files.Write("nginx.conf", Configuration(files, port, requiresCertificate))],
            "OS: ");
    }

    private static string Configuration(PemFolder files, int port, bool requiresCertificate) => $$"""
        daemon off;
        master_process off;
        pid {{files.PathOf("nginx.pid")}};
        error_log /dev/stdout notice;
        events { }
        http {
            access_log off;
            client_body_temp_path {{files.PathOf("body")}};
            proxy_temp_path {{files.PathOf("proxy")}};
            fastcgi_temp_path {{files.PathOf("fastcgi")}};
            uwsgi_temp_path {{files.PathOf("uwsgi")}};
            scgi_temp_path {{files.PathOf("scgi")}};
            server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_protocols TLSv1.2 TLSv1.3;
                ssl_certificate {{files.CertificateOf(TestCertificates.Server)}};
                ssl_certificate_key {{files.KeyOf(TestCertificates.Server)}};
                ssl_client_certificate {{files.Authority}};
                ssl_verify_client {{(requiresCertificate ? "on" : "off")}};
                return 200 "$ssl_protocol $ssl_server_name $ssl_client_verify";
            }
        }

        """;
}
#endif
