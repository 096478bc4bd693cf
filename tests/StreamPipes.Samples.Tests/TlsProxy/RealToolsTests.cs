using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using StreamPipes.Tests.ProxyProtocol;
using StreamPipes.Tests.Tls.Interop;
using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>The sample as a program of its own, between clients and servers that are programs too.</summary>
[Collection(nameof(RealServers))]
public sealed class RealToolsTests : IDisposable
{
    private readonly PemFolder _files = new();

    /// <summary>The certificate of the tests, for localhost, with its key.</summary>
    private string[] Certificate => ["--cert", FileOf(TestCertificates.Server)];

    private string[] ToTls => ["--to-tls", "--ca", _files.Authority];

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Openssl_speaks_TLS_with_the_proxy_and_a_plain_server_answers()
    {
        ExternalProgram.Require("openssl", "openssl");
        using PlainEcho echo = new();
        Task serving = echo.ServeAsync("and that was all");
        await using Sample proxy = await Sample.StartAsync(["--to", echo.Address, .. Certificate]);
        await using ExternalProcess openssl = StartOpenssl(proxy, "localhost", _files.Authority);

        await openssl.Input.WriteAsync("hello\nfrom openssl\n");
        await openssl.Input.FlushAsync();

        (await openssl.WaitForOutputAsync("from openssl")).Should().BeTrue(openssl.Error);
        openssl.Input.Close();
        (await openssl.WaitForExitAsync()).ExitCode.Should().Be(0);
        await serving.Guarded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Curl_gets_a_page_of_nginx_through_TLS_that_ends_at_the_proxy(bool isTlsOut)
    {
        await using ForeignTlsServer nginx = await Nginx.StartAsync(isTlsOut ? "ssl" : "", _ => "return 200 \"$scheme of nginx\";");
        await using Sample proxy = await Sample.StartAsync(["--to", $"localhost:{Text(nginx.Port)}", .. Certificate, .. isTlsOut ? ToTls : []]);
        (await CurlAsync($"https://localhost:{Text(proxy.Port)}/")).Should().Be($"{(isTlsOut ? "https" : "http")} of nginx");
    }

    [Fact]
    public async Task A_plain_client_gets_the_answers_of_an_openssl_server_over_the_TLS_of_the_proxy()
    {
        ExternalProgram.Require("openssl", "openssl");
        await using ForeignTlsServer server = await StartOpensslServerAsync(TestCertificates.Server);
        await using Sample proxy = await Sample.StartAsync(["--to", $"localhost:{Text(server.Port)}", .. ToTls]);
        await using PipeConnection client = await SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)).Guarded();
        for (int i = 0; i < 10; i++)
        {
            await client.Output.WriteTextAsync("stressed\n");
            (await client.Input.ReadTextAsync(9)).Should().Be("desserts\n");
        }

        await client.Output.CompleteAsync().Guarded();
        await client.Input.ShouldEndAsync();
    }

    [Fact]
    public async Task The_half_close_of_a_plain_client_passes_the_proxy_and_stunnel_behind_it_and_the_last_words_come_back()
    {
        using PlainEcho echo = new();
        Task serving = echo.ServeAsync("and that was all");
        await using ForeignTlsServer stunnel = await Stunnel.StartAsync(echo);
        await using Sample proxy = await Sample.StartAsync(["--to", $"localhost:{Text(stunnel.Port)}", .. ToTls]);
        await using PipeConnection client = await SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)).Guarded();
        byte[] payload = Payload.Seeded(1_000_000);

        Task<byte[]> receiving = client.Input.TakeAllAsync();
        foreach (byte[] piece in payload.Chunk(9_999)) await client.Output.WriteAsync(piece).Guarded();
        await client.Output.CompleteAsync().Guarded();

        byte[] received = await receiving;
        Payload.HashOf(received.AsSpan(0, payload.Length)).Should().Be(Payload.HashOf(payload));
        System.Text.Encoding.ASCII.GetString(received.AsSpan(payload.Length)).Should().Be("and that was all");
        await serving.Guarded();
    }

    [Fact]
    public async Task Clients_that_ask_for_two_names_reach_an_openssl_server_and_nginx_with_the_certificates_of_these()
    {
        ExternalProgram.Require("openssl", "openssl");
        using X509Certificate2 certificate = SampleCertificate.Create("alpha.example");
        await using ForeignTlsServer alpha = await StartOpensslServerAsync(certificate);
        await using ForeignTlsServer nginx = await Nginx.StartAsync("ssl", _ => "return 200 \"$ssl_server_name of nginx\";");
        await using Sample proxy = await Sample.StartAsync("--route", $"alpha.example=127.0.0.1:{Text(alpha.Port)}", "--route", $"localhost=127.0.0.1:{Text(nginx.Port)}");

        await using ExternalProcess openssl = StartOpenssl(proxy, "alpha.example", _files.CertificateOf(certificate));
        await openssl.Input.WriteAsync("stressed\n");
        await openssl.Input.FlushAsync();
        (await openssl.WaitForOutputAsync("desserts\n")).Should().BeTrue(openssl.Error);
        (await CurlAsync($"https://localhost:{Text(proxy.Port)}/")).Should().Be("localhost of nginx");
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_is_refused_and_openssl_reports_why()
    {
        ExternalProgram.Require("openssl", "openssl");
        await using Sample proxy = await Sample.StartAsync("--route", "alpha.example=127.0.0.1:1");
        await using ExternalProcess openssl = StartOpenssl(proxy, "gamma.example", _files.Authority);
        ProcessResult result = await openssl.WaitForExitAsync();
        result.ExitCode.Should().Be(1);
        result.Error.Should().Contain("unrecognized name");
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", false)]
    [InlineData("1", true)]
    [InlineData("2", true)]
    public async Task Haproxy_behind_the_proxy_sees_the_address_of_curl(string version, bool isTlsOut)
    {
        await using Haproxy haproxy = await Haproxy.StartAsync((files, port) => $"""
            frontend who
                mode http
                bind 127.0.0.1:{port} accept-proxy {(isTlsOut ? $"ssl crt {FileOf(TestCertificates.Server)}" : "")}
                http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port] %[dst]:%[dst_port]"
            """);
        await using Sample proxy = await Sample.StartAsync(["--to", $"localhost:{Text(haproxy.EndPoint.Port)}", "--send-proxy", version, .. Certificate, .. isTlsOut ? ToTls : []]);
        await ShouldSeeCurlAsync($"https://localhost:{Text(proxy.Port)}/");
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", true)]
    public async Task Nginx_behind_the_proxy_sees_the_address_of_curl(string version, bool isTlsOut)
    {
        await using ForeignTlsServer nginx = await StartNginxBehindProxyAsync(isTlsOut);
        await using Sample proxy = await Sample.StartAsync(["--to", $"localhost:{Text(nginx.Port)}", "--send-proxy", version, .. Certificate, .. isTlsOut ? ToTls : []]);
        await ShouldSeeCurlAsync($"https://localhost:{Text(proxy.Port)}/");
    }

    [Fact]
    public async Task Nginx_sees_the_address_of_curl_also_where_its_TLS_is_passed_through()
    {
        await using ForeignTlsServer nginx = await StartNginxBehindProxyAsync(isTls: true);
        await using Sample proxy = await Sample.StartAsync("--route", $"localhost=127.0.0.1:{Text(nginx.Port)}", "--send-proxy", "2");
        await ShouldSeeCurlAsync($"https://localhost:{Text(proxy.Port)}/");
    }

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task The_address_in_the_header_of_haproxy_in_front_reaches_nginx_behind_the_proxy(string how)
    {
        await using ForeignTlsServer nginx = await StartNginxBehindProxyAsync(isTls: true);
        await using Sample proxy = await Sample.StartAsync("--route", $"localhost=127.0.0.1:{Text(nginx.Port)}", "--accept-proxy", "127.0.0.1/32", "--send-proxy", "1");
        await using Haproxy haproxy = await Haproxy.StartAsync((_, port) => $"""
            listen front
                mode tcp
                bind 127.0.0.1:{port}
                server us {proxy.Address} {how}
            """);
        await ShouldSeeCurlAsync($"https://localhost:{Text(haproxy.EndPoint.Port)}/");
    }

    [Fact]
    public async Task The_header_of_curl_is_believed_where_it_is_trusted_and_refused_where_it_is_not()
    {
        await using ForeignTlsServer nginx = await StartNginxBehindProxyAsync(isTls: false);
        string[] to = ["--to", $"localhost:{Text(nginx.Port)}", "--send-proxy", "2", "--accept-proxy"];
        await using Sample trusting = await Sample.StartAsync([.. to, "127.0.0.0/8"]);
        await ShouldSeeCurlAsync($"http://localhost:{Text(trusting.Port)}/", "--haproxy-protocol");

        await using Sample wary = await Sample.StartAsync([.. to, "10.0.0.0/8"]);
        (await RunCurlAsync($"http://localhost:{Text(wary.Port)}/", "--haproxy-protocol")).ExitCode.Should().NotBe(0);
        await wary.Process.TerminateAsync();
        (await wary.Process.WaitForExitAsync()).Error.Should().Contain("is no trusted proxy");
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static Task<ForeignTlsServer> StartNginxBehindProxyAsync(bool isTls) => Nginx.StartAsync(
        $"{(isTls ? "ssl " : "")}proxy_protocol",
        _ => "return 200 \"$proxy_protocol_addr:$proxy_protocol_port $proxy_protocol_server_addr:$proxy_protocol_server_port\";");

    private static Task<ForeignTlsServer> StartOpensslServerAsync(X509Certificate2 certificate) => ForeignTlsServer.StartAsync(
        "openssl",
        files => ["s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", files.CertificateOf(certificate), "-key", files.KeyOf(certificate)],
        "ACCEPT ");

    private static ExternalProcess StartOpenssl(Sample proxy, string name, string authority) => ExternalProcess.Start(
        "openssl", "s_client", "-connect", proxy.Address, "-servername", name, "-verify_hostname", name, "-CAfile", authority, "-verify_return_error");

    private string FileOf(X509Certificate2 certificate) =>
        _files.Write("server.pem", File.ReadAllText(_files.CertificateOf(certificate)) + "\n" + File.ReadAllText(_files.KeyOf(certificate)));

    /// <summary>A server that answers with the two addresses of its client's connection answers with those of curl's.</summary>
    private async Task ShouldSeeCurlAsync(string address, params string[] more)
    {
        string[] answer = (await CurlAsync(address, ["--write-out", " %{local_ip}:%{local_port} %{remote_ip}:%{remote_port}", .. more])).Split(' ');
        answer.Should().HaveCount(4);
        answer[..2].Should().Equal(answer[2..]);
    }

    private async Task<string> CurlAsync(string address, params string[] more)
    {
        ProcessResult curl = await RunCurlAsync(address, more);
        curl.ExitCode.Should().Be(0, curl.Error);
        return curl.Output;
    }

    private Task<ProcessResult> RunCurlAsync(string address, params string[] more)
    {
        ExternalProgram.Require("curl", "curl");
        return ExternalProcess.RunAsync("curl", ["-4", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--cacert", _files.Authority, .. more, address]);
    }
}
