using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>Pass-through by name: what the client sends reaches the right backend, byte for byte, or none.</summary>
[Collection(nameof(RealServers))]
public sealed class NameTests : IAsyncDisposable
{
    private static readonly byte[] UnrecognizedName = [21, 3, 1, 0, 2, 2, 112];

    private readonly PipeListener _alpha = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly PipeListener _beta = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0));

    private ProxyOptions Options => new()
    {
        Routes = new Dictionary<string, EndPoint>(StringComparer.OrdinalIgnoreCase) { ["alpha.example"] = _alpha.LocalEndPoint, ["beta.example"] = _beta.LocalEndPoint },
    };

    public async ValueTask DisposeAsync()
    {
        await _alpha.DisposeAsync().Guarded();
        await _beta.DisposeAsync().Guarded();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Two_names_lead_to_two_backends_with_the_TLS_of_these(SslProtocols protocol)
    {
        using X509Certificate2 certificate = SampleCertificate.Create("alpha.example", "beta.example");
        await using RunningProxy proxy = new(Options);
        foreach ((string name, PipeListener backend) in new[] { ("alpha.example", _alpha), ("beta.example", _beta) })
        {
            Task<PipeConnection> accepting = AuthenticateAsync(backend, certificate);
            SslClientAuthenticationOptions tls = Trust.For(name, [certificate]);
            tls.EnabledSslProtocols = protocol;
            await using PipeConnection client = await proxy.ConnectAsync(tls);
            await using PipeConnection server = await accepting.Guarded();

            await PipeExtensions.ShouldTalkAsync(client, server);

            server.Tls!.TargetHostName.Should().Be(name);
            server.Tls.Protocol.Should().Be(protocol);
            client.Abort();
        }
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_is_refused_and_a_TLS_client_learns_why()
    {
        await using RunningProxy proxy = new(Options);
        SslClientAuthenticationOptions tls = Trust.For("gamma.example", null);
        Exception thrown = await Thrown.SurelyByAsync(() => proxy.ConnectAsync(tls));
        thrown.Should().BeOfType<AuthenticationException>().Which.ToString().Should().Contain("unrecognized name");
    }

    [Fact]
    public async Task An_unknown_name_and_none_at_all_are_answered_with_the_alert_and_the_end()
    {
        await using RunningProxy proxy = new(Options);
        foreach (byte[] hello in new[] { Hello.For("gamma.example"), Hello.For("alpha.example."), Hello.WithoutName() })
        {
            await using PipeConnection client = await proxy.ConnectAsync();
            await client.Output.WriteAsync(hello).Guarded();
            (await client.Input.TakeAllAsync()).Should().Equal(UnrecognizedName);
        }
    }

    [Fact]
    public async Task A_ClientHello_that_comes_byte_by_byte_reaches_its_backend_whole()
    {
        byte[] hello = Hello.For("beta.example");
        await using RunningProxy proxy = new(Options);
        Task<PipeConnection> accepting = _beta.AcceptAsync().AsTask();
        using Socket client = await proxy.ConnectRawAsync();
        foreach (byte one in hello) await client.SendAsync(new[] { one }).Guarded();
        await using PipeConnection server = await accepting.Guarded();
        (await server.Input.TakeAsync(hello.Length)).Should().Equal(hello);
        await ShouldPassTheEndAsync(client, server);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(50)]
    public async Task A_ClientHello_in_many_records_reaches_its_backend_as_it_came(int size)
    {
        byte[] hello = Hello.Records(Hello.Message(Hello.ServerName("ALPHA.example")), size);
        await using RunningProxy proxy = new(Options);
        Task<PipeConnection> accepting = _alpha.AcceptAsync().AsTask();
        using Socket client = await proxy.ConnectRawAsync();
        await client.SendAsync(hello).Guarded();
        await using PipeConnection server = await accepting.Guarded();
        (await server.Input.TakeAsync(hello.Length)).Should().Equal(hello);
        await ShouldPassTheEndAsync(client, server);
    }

    [Fact]
    public async Task What_a_client_sends_behind_its_ClientHello_is_passed_on_behind_it()
    {
        byte[] sent = [.. Hello.For("alpha.example"), .. Payload.Seeded(200_000)];
        await using RunningProxy proxy = new(Options);
        Task<PipeConnection> accepting = _alpha.AcceptAsync().AsTask();
        await using PipeConnection client = await proxy.ConnectAsync();
        await client.Output.WriteAsync(sent).Guarded();
        await client.Output.CompleteAsync().Guarded();
        await using PipeConnection server = await accepting.Guarded();
        Payload.HashOf(await server.Input.TakeAllAsync()).Should().Be(Payload.HashOf(sent));
    }

    [Fact]
    public async Task The_header_of_a_proxy_in_front_is_read_before_the_ClientHello_and_not_passed_on()
    {
        byte[] hello = Hello.For("alpha.example");
        await using RunningProxy proxy = new(Options with { TrustedProxies = IPNetwork.Parse("127.0.0.1/32") });
        Task<PipeConnection> accepting = _alpha.AcceptAsync().AsTask();
        await using PipeConnection client = await proxy.ConnectAsync(header: new ProxyHeader(IPEndPoint.Parse("192.0.2.1:1"), IPEndPoint.Parse("192.0.2.2:2")));
        await client.Output.WriteAsync(hello).Guarded();
        await using PipeConnection server = await accepting.Guarded();
        (await server.Input.TakeAsync(hello.Length)).Should().Equal(hello);
        client.Abort();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: alpha.example\r\n\r\n", "The client does not speak TLS.")]
    [InlineData("\u0016\u0003\u0001\u0040\u0000", "The ClientHello is longer than the 16384 bytes allowed.")]
    [InlineData("\u0016\u0003\u0001\u0000\u0004\u0001\u0000\u0000\u0000", "The ClientHello is malformed.")]
    public async Task A_client_that_begins_with_something_else_is_cut_off_and_reported(string text, string report)
    {
        await using RunningProxy proxy = new(Options);
        await using PipeConnection client = await proxy.ConnectAsync();
        await client.Output.WriteAsync(System.Text.Encoding.Latin1.GetBytes(text)).Guarded();
        await Thrown.SurelyByAsync(() => client.Input.ReadAsync().Guarded());
        (await proxy.FaultAsync()).Should().BeOfType<InvalidDataException>().Which.Message.Should().Be(report);
    }

    [Fact]
    public async Task Random_bytes_cost_no_other_client_anything()
    {
        await using RunningProxy proxy = new(Options);
        for (int i = 0; i < 50; i++)
        {
            await using PipeConnection client = await proxy.ConnectAsync();
            byte[] bytes = Payload.Seeded(1000, i);
            if (i % 2 == 0) Hello.For("alpha.example").AsSpan(0, 9).CopyTo(bytes);
            await client.Output.WriteAsync(bytes).Guarded();
            (await proxy.FaultAsync()).Should().BeOfType<InvalidDataException>();
        }

        await ShouldBeRefusedAsync(proxy);
    }

    [Fact]
    public async Task A_client_that_ends_inside_its_ClientHello_is_reported()
    {
        await using RunningProxy proxy = new(Options);
        await using PipeConnection client = await proxy.ConnectAsync();
        await client.Output.WriteAsync(Hello.For("alpha.example").AsMemory(0, 50)).Guarded();
        await client.Output.CompleteAsync().Guarded();
        (await proxy.FaultAsync()).Should().BeOfType<EndOfStreamException>();
    }

    [Fact]
    public async Task A_client_that_sends_no_name_in_time_is_cut_off()
    {
        await using RunningProxy proxy = new(Options with { HelloTimeout = TimeSpan.FromMilliseconds(50) });
        await Thrown.SurelyByAsync(async () =>
        {
            await using PipeConnection client = await proxy.ConnectAsync();
            await client.Output.WriteAsync(Hello.For("alpha.example").AsMemory(0, 50)).Guarded();
            await client.Input.ReadAsync().Guarded();
        });
        (await proxy.FaultAsync()).Should().BeOfType<TimeoutException>();
    }

    [Fact]
    public async Task A_proxy_that_stops_ends_in_order_with_a_client_that_has_sent_no_name_yet()
    {
        await using RunningProxy proxy = new(Options);
        await using PipeConnection client = await proxy.ConnectAsync();
        await client.Output.WriteAsync(Hello.For("alpha.example").AsMemory(0, 50)).Guarded();
        await proxy.StopAsync().Guarded();
        await client.Input.ShouldEndAsync();
    }

    private static async Task<PipeConnection> AuthenticateAsync(PipeListener backend, X509Certificate2 certificate) =>
        await TlsConnection.AuthenticateAsServerAsync(await backend.AcceptAsync(), new SslServerAuthenticationOptions { ServerCertificate = certificate });

    private static async Task ShouldBeRefusedAsync(RunningProxy proxy)
    {
        await using PipeConnection client = await proxy.ConnectAsync();
        await client.Output.WriteAsync(Hello.For("gamma.example")).Guarded();
        (await client.Input.TakeAllAsync()).Should().Equal(UnrecognizedName);
    }

    private static async Task ShouldPassTheEndAsync(Socket client, PipeConnection server)
    {
        client.Shutdown(SocketShutdown.Send);
        await server.Input.ShouldEndAsync();
        await server.Output.WriteTextAsync("late");
        await server.Output.CompleteAsync().Guarded();
        byte[] answer = new byte[5];
        int count = 0;
        int read;
        while ((read = await client.ReceiveAsync(answer.AsMemory(count)).Guarded()) > 0) count += read;
        System.Text.Encoding.ASCII.GetString(answer, 0, count).Should().Be("late");
    }
}
