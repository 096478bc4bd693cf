using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StreamPipes.Tests.Guards;
using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>The proxy between clients and backends of the library's own.</summary>
[Collection(nameof(RealServers))]
public sealed class ProxyTests
{
    private static readonly IPEndPoint Someone = IPEndPoint.Parse("192.0.2.1:56324");
    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:443");

    [Fact]
    public void The_proxy_has_at_most_sixty_lines() =>
        File.ReadAllLines(Path.Combine(Repository.Root, "docs", "samples", "TlsProxy", "Proxy.cs")).Should().HaveCountLessThanOrEqualTo(60);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_megabyte_each_way_and_both_ends_pass_the_proxy(bool isTlsIn, bool isTlsOut)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(isTlsIn, isTlsOut);
        byte[] there = Payload.Seeded(1_000_000, 1);
        byte[] back = Payload.Seeded(1_000_000, 2);

        Task<byte[]> atServer = bench.Server.Input.TakeAllAsync();
        Task<byte[]> atClient = bench.Client.Input.TakeAllAsync();
        Task sending = Task.WhenAll(SendAsync(bench.Client, there), SendAsync(bench.Server, back));

        Payload.HashOf(await atServer).Should().Be(Payload.HashOf(there));
        Payload.HashOf(await atClient).Should().Be(Payload.HashOf(back));
        await sending.Guarded();
        await Task.WhenAll(bench.Client.DisposeAsync().AsTask(), bench.Server.DisposeAsync().AsTask()).Guarded();
        bench.Client.CloseReason.Should().NotBe(CloseReason.Truncated);
        (bench.Server.Tls is not null).Should().Be(isTlsOut);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_half_close_of_a_client_passes_the_proxy_and_the_answer_comes_back(bool isTlsIn, bool isTlsOut)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(isTlsIn, isTlsOut);
        await ShouldHalfCloseAsync(bench.Client, bench.Server);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_half_close_of_a_server_passes_the_proxy_and_the_client_can_still_send(bool isTlsIn, bool isTlsOut)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(isTlsIn, isTlsOut);
        await ShouldHalfCloseAsync(bench.Server, bench.Client);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_server_that_resets_cuts_its_client_off_and_the_proxy_reports_it(bool isTlsIn, bool isTlsOut)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(isTlsIn, isTlsOut);
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);

        bench.Server.Abort();

        await Thrown.SurelyByAsync(() => bench.Client.Input.ReadAsync().Guarded());
        (await bench.Proxy.FaultAsync()).GetBaseException().Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task A_backend_that_is_not_there_costs_its_client_the_connection_and_is_reported()
    {
        await using RunningProxy proxy = new(new ProxyOptions { Backend = new IPEndPoint(IPAddress.Loopback, FreePort.Find()) });
        await ShouldBeCutOffAsync(proxy);
        (await proxy.FaultAsync()).Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task A_backend_with_another_certificate_gets_nothing_of_what_the_client_sends()
    {
        await using PipeListener backend = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0), new PipeListenerOptions { Tls = TestCertificates.ServerOptions() });
        SslClientAuthenticationOptions tls = TestCertificates.ClientOptions();
        tls.TargetHost = "elsewhere.example";
        await using RunningProxy proxy = new(new ProxyOptions { Backend = backend.LocalEndPoint, BackendTls = tls });
        Task<PipeConnection> accepting = backend.AcceptAsync().AsTask();
        await ShouldBeCutOffAsync(proxy);
        (await proxy.FaultAsync()).Should().BeOfType<AuthenticationException>();

        // Its handshake may have ended before ours looked at the certificate.
        await backend.DisposeAsync().Guarded();
        try
        {
            await using PipeConnection server = await accepting.Guarded();
            if (await Thrown.ByAsync(() => server.Input.ReadAsync().Guarded()) is null) server.BytesReceived.Should().Be(0);
        }
        catch (ObjectDisposedException)
        {
            // It has never had a connection.
        }
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, false, false)]
    [InlineData(1, true, true)]
    [InlineData(2, true, true)]
    public async Task The_backend_sees_the_address_of_the_client_in_the_header_of_the_proxy(int version, bool isTlsIn, bool isTlsOut)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(isTlsIn, isTlsOut, version);
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);
        bench.Server.RemoteEndPoint.Should().Be(bench.Client.LocalEndPoint);
        bench.Server.LocalEndPoint.Should().Be(bench.Proxy.EndPoint);
        bench.Server.ProxyHeader!.Version.Should().Be(version);
    }

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 1, true)]
    public async Task The_address_in_a_header_that_the_proxy_gets_is_in_the_one_that_it_sends(int versionIn, int versionOut, bool isTls)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(isTls, isTls, versionOut, new ProxyHeader(Someone, Balancer, versionIn));
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);
        bench.Server.RemoteEndPoint.Should().Be(Someone);
        bench.Server.LocalEndPoint.Should().Be(Balancer);
        bench.Server.ProxyHeader!.Version.Should().Be(versionOut);
    }

    [Fact]
    public async Task A_header_from_a_peer_that_is_not_trusted_is_refused_before_the_backend_is_dialed()
    {
        await using PipeListener backend = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await using RunningProxy proxy = new(new ProxyOptions { Backend = backend.LocalEndPoint, TrustedProxies = IPNetwork.Parse("10.0.0.0/8") });
        await ShouldBeCutOffAsync(proxy, new ProxyHeader(Someone, Balancer));
        (await proxy.FaultAsync()).Should().BeOfType<UnauthorizedAccessException>();
        backend.ConnectionsOpen.Should().Be(0);
    }

    [Fact]
    public async Task A_client_without_the_header_that_the_proxy_expects_is_refused()
    {
        await using RunningProxy proxy = new(new ProxyOptions { Backend = new IPEndPoint(IPAddress.Loopback, 1), TrustedProxies = IPNetwork.Parse("127.0.0.0/8") });
        await using PipeConnection client = await proxy.ConnectAsync();
        await client.Output.WriteTextAsync("GET / HTTP/1.1\r\n\r\n");
        (await proxy.FaultAsync()).Should().BeOfType<InvalidDataException>();
    }

    [Fact]
    public async Task A_proxy_that_stops_resets_what_is_under_way()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(isTlsIn: false, isTlsOut: false);
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);
        await bench.Proxy.StopAsync().Guarded();
        await Thrown.SurelyByAsync(() => bench.Client.Input.ReadAsync().Guarded());
        await Thrown.SurelyByAsync(() => bench.Server.Input.ReadAsync().Guarded());
    }

    /// <summary>By an end or by a reset. One that comes at once may fail the connecting already.</summary>
    private static async Task ShouldBeCutOffAsync(RunningProxy proxy, ProxyHeader? header = null)
    {
        byte[] received = [];
        await Thrown.ByAsync(async () =>
        {
            await using PipeConnection client = await proxy.ConnectAsync(header: header);
            await client.Output.WriteTextAsync("secret");
            received = await client.Input.TakeAllAsync();
        });
        received.Should().BeEmpty();
    }

    private static async Task ShouldHalfCloseAsync(PipeConnection first, PipeConnection last)
    {
        await first.Output.WriteTextAsync("that is all");
        await first.Output.CompleteAsync().Guarded();
        (await last.Input.ReadTextAsync(11)).Should().Be("that is all");
        await last.Input.ShouldEndAsync();

        await last.Output.WriteTextAsync("late");
        (await first.Input.ReadTextAsync(4)).Should().Be("late");
        await last.Output.CompleteAsync().Guarded();
        await first.Input.ShouldEndAsync();
        await Task.WhenAll(first.Completion, last.Completion).Guarded();
    }

    private static async Task SendAsync(PipeConnection connection, byte[] payload)
    {
        foreach (byte[] piece in payload.Chunk(9_999)) await connection.Output.WriteAsync(piece);
        await connection.Output.CompleteAsync();
    }
}
