#if !LIBRARY_NETSTANDARD
using System.Globalization;
using System.Net;
using System.Text;
using StreamPipes.Tests.Listening;
using StreamPipes.Tests.Tls.Interop;

namespace StreamPipes.Tests.ProxyProtocol;

/// <summary>The headers of HAProxy and curl, and ours to HAProxy and nginx.</summary>
[Collection(nameof(RealServers))]
public sealed class RealProxyTests
{
    [Theory]
    [InlineData("send-proxy", 1)]
    [InlineData("send-proxy-v2", 2)]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c,unique-id", 2)]
    public async Task Haproxy_tells_us_its_clients_address(string how, int version)
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { ProxyProtocol = true });
        await using Haproxy haproxy = await StartBeforeAsync(listener, how);
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        await using PipeConnection client = await SocketConnection.ConnectAsync(haproxy.EndPoint).Guarded();
        await using PipeConnection server = await accepting.Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);

        server.ProxyHeader!.Version.Should().Be(version);
        server.RemoteEndPoint.Should().Be(client.LocalEndPoint);
        server.LocalEndPoint.Should().Be(haproxy.EndPoint);
        bool hasId = server.ProxyHeader.TryGetTlv(0x05, out ReadOnlyMemory<byte> id);
        Encoding.ASCII.GetString(id.Span).Should().Be(hasId ? "the-id" : "");
        (hasId, server.ProxyHeader.TryGetTlv(0x03, out _)).Should().Be((how.Contains("unique-id"), how.Contains("crc32c")));
        client.Abort();
        server.Abort();
    }

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task Haproxy_passes_TLS_through_behind_its_header(string how)
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { ProxyProtocol = true, Tls = TestCertificates.ServerOptions() });
        await using Haproxy haproxy = await StartBeforeAsync(listener, how);
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        await using PipeConnection client = await TlsConnection.ConnectAsync(haproxy.EndPoint, TestCertificates.ClientOptions()).Guarded();
        await using PipeConnection server = await accepting.Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);

        server.RemoteEndPoint.Should().Be(client.LocalEndPoint);
        server.Tls.Should().NotBeNull();
        client.Abort();
        server.Abort();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task Haproxy_believes_our_header(int version, bool isTls)
    {
        await using Haproxy haproxy = await StartAcceptingAsync(isTls);
        await using PipeConnection connection = await ConnectAsync(haproxy.EndPoint, new ProxyHeader(Headers.Client, Headers.Server, version), isTls);

        (await connection.GetPageAsync()).Should().StartWith("HTTP/1.1 200 ").And.EndWith("192.0.2.1 56324 198.51.100.7 443");
    }

    [Fact]
    public async Task Haproxy_takes_our_IPv6_our_values_and_our_checksum()
    {
        await using Haproxy haproxy = await StartAcceptingAsync();
        ProxyHeader header = new(Headers.Client6, Headers.Server6, [new(0x02, "example.com"u8.ToArray()), new(0x03, default), new(0xE0, new byte[100])]);
        await using PipeConnection connection = await ConnectAsync(haproxy.EndPoint, header, isTls: false);

        (await connection.GetPageAsync()).Should().StartWith("HTTP/1.1 200 ").And.EndWith("2001:db8::1 4124 2001:db8::2 65535");
    }

    [Fact]
    public async Task Haproxy_takes_our_connection_for_what_it_is_with_LOCAL()
    {
        await using Haproxy haproxy = await StartAcceptingAsync();
        await using PipeConnection connection = await ConnectAsync(haproxy.EndPoint, ProxyHeader.Local, isTls: false);

        string us = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1 {((IPEndPoint)connection.LocalEndPoint!).Port} 127.0.0.1 {haproxy.EndPoint.Port}");
        (await connection.GetPageAsync()).Should().StartWith("HTTP/1.1 200 ").And.EndWith(us);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Nginx_believes_our_header(int version, bool isTls)
    {
        await using ForeignTlsServer nginx = await Nginx.StartAsync(
            $"{(isTls ? "ssl " : "")}proxy_protocol",
            _ => "return 200 \"$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port\";");
        await using PipeConnection connection = await ConnectAsync(new IPEndPoint(IPAddress.Loopback, nginx.Port), new ProxyHeader(Headers.Client, Headers.Server, version), isTls);

        (await connection.GetPageAsync()).Should().StartWith("HTTP/1.1 200 ").And.EndWith("192.0.2.1 56324 198.51.100.7 443");
    }

    [Fact]
    public async Task Curl_sends_a_header_that_we_read()
    {
        ExternalProgram.Require("curl", "curl");
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { ProxyProtocol = true });
        Task serving = listener.ServeAsync(async (connection, _) =>
        {
            string head = "";
            while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) head += await connection.Input.ReadTextAsync(1);
            string who = $"{connection.ProxyHeader!.Version} {connection.RemoteEndPoint} {connection.LocalEndPoint}";
            await connection.Output.WriteTextAsync(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {who.Length}\r\n\r\n{who}"));
        });

        ProcessResult curl = await ExternalProcess.RunAsync(
            "curl",
            ["--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--haproxy-protocol", "--write-out", " %{local_ip}:%{local_port} %{remote_ip}:%{remote_port}", $"http://{listener.LocalEndPoint}/"]);

        curl.ExitCode.Should().Be(0, curl.Error);
        string[] words = curl.Output.Split(' ');
        words[0].Should().Be("1");
        words[1..3].Should().Equal(words[3..]);
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
    }

    private static Task<Haproxy> StartBeforeAsync(PipeListener listener, string how) => Haproxy.StartAsync((_, port) => $"""
        listen front
            mode tcp
            bind 127.0.0.1:{port}
            unique-id-format the-id
            server us {listener.LocalEndPoint} {how}
        """);

    private static Task<Haproxy> StartAcceptingAsync(bool isTls = false) => Haproxy.StartAsync((files, port) => $"""
        frontend who
            mode http
            bind 127.0.0.1:{port} accept-proxy {(isTls ? $"ssl crt {files.Write("server.pem", File.ReadAllText(files.CertificateOf(TestCertificates.Server)) + "\n" + File.ReadAllText(files.KeyOf(TestCertificates.Server)))}" : "")}
            http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst] %[dst_port]"
        """);

    private static async Task<PipeConnection> ConnectAsync(IPEndPoint server, ProxyHeader header, bool isTls)
    {
        PipeConnectionOptions options = new() { ProxyHeader = header };
        return isTls
            ? await TlsConnection.ConnectAsync(server, TestCertificates.ClientOptions(), options).Guarded()
            : await SocketConnection.ConnectAsync(server, options).Guarded();
    }
}
#endif
