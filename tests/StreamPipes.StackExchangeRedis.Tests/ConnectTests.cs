using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;
using StreamPipes.StackExchangeRedis.Tests.Testing;

namespace StreamPipes.StackExchangeRedis.Tests;

/// <summary>Connecting: what the configuration says of sockets, time limits and tunnels.</summary>
[Collection(nameof(RealServers))]
public sealed class ConnectTests
{
    public static TheoryData<Transport> Transports => TransportExtensions.All;

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_refused_connection_is_reported_as_such(Transport transport)
    {
        ConfigurationOptions configuration = new() { EndPoints = { new IPEndPoint(IPAddress.Loopback, FreePort.Find()) }, ConnectRetry = 0 };
        (await Attempts.FailureOfAsync(configuration.Use(transport))).Should().BeAssignableTo<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.DedicatedThreads)]
    public async Task The_connect_time_limit_ends_a_handshake_that_the_server_never_answers(PumpScheduling scheduling)
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        ConfigurationOptions configuration = new() { EndPoints = { silent.LocalEndpoint }, Ssl = true, ConnectTimeout = 300, ConnectRetry = 0, CheckCertificateRevocation = false };
        List<Socket> sockets = Capture(configuration);
        configuration.UseStreamPipes(new PipeConnectionOptions { Scheduling = scheduling, HandshakeTimeout = Timeout.InfiniteTimeSpan });

        // Not by the client, which gives up after the same time.
        TlsOptions tls = new(configuration);
        await FluentActions.Awaiting(() => configuration.Tunnel!.ConnectTransportAsync(silent.LocalEndpoint, ConnectionType.Interactive, tls, CancellationToken.None).Guarded())
            .Should().ThrowAsync<TimeoutException>().WithMessage("*ConnectTimeout of 300 ms*");
        await Soon.HoldsAsync(() => Task.FromResult(AreClosed(sockets)), "its socket is closed");
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Every_socket_is_shown_before_it_connects_and_has_keep_alive_as_configured(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        foreach (bool keepAlive in (bool[])[true, false])
        {
            ConfigurationOptions configuration = server.Configuration();
            configuration.TcpKeepAlive = keepAlive;
            configuration.Protocol = RedisProtocol.Resp2;
            List<(ConnectionType Type, bool IsConnected, bool KeepsAlive)> seen = [];
            configuration.BeforeSocketConnect = (endPoint, type, socket) =>
            {
                endPoint.Should().Be(server.EndPoint(Way.Plain));
                lock (seen) seen.Add((type, socket.Connected, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0));
            };
            await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded();
            await client.GetDatabase().PingAsync().Guarded();
            lock (seen) seen.Should().BeEquivalentTo([(ConnectionType.Interactive, false, keepAlive), (ConnectionType.Subscription, false, keepAlive)]);
        }
    }

    [Fact]
    public async Task The_socket_settings_of_the_options_apply_as_well_and_properties_may_be_set_afterwards()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        int configured = 0;
        ConfigurationOptions configuration = server.Configuration().UseStreamPipes(new PipeConnectionOptions { ConfigureSocket = _ => Interlocked.Increment(ref configured) });
        int shown = 0;
        configuration.BeforeSocketConnect = (_, _, _) => Interlocked.Increment(ref shown);
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration).Guarded();
        configured.Should().BePositive().And.Be(shown);
    }

    [Theory]
    [InlineData(Transport.Stock, Way.Plain)]
    [InlineData(Transport.Stock, Way.Tls)]
    [InlineData(Transport.Pipes, Way.Plain)]
    [InlineData(Transport.Pipes, Way.Tls)]
    [InlineData(Transport.DedicatedThreads, Way.Plain)]
    [InlineData(Transport.DedicatedThreads, Way.Tls)]
    public async Task An_http_proxy_is_asked_for_the_server(Transport transport, Way way)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using HttpProxy proxy = new();
        ConfigurationOptions configuration = server.Configuration(way);
        configuration.Protocol = RedisProtocol.Resp3;
        configuration.Tunnel = Tunnel.HttpProxy(proxy.EndPoint);
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded();
        (await client.GetDatabase().StringIncrementAsync("n").Guarded()).Should().Be(1);
        proxy.Targets.Should().NotBeEmpty().And.OnlyContain(target => target == server.EndPoint(way).ToString());
    }

    [Theory]
    [InlineData(Transport.Stock, Way.Plain)]
    [InlineData(Transport.Stock, Way.Tls)]
    [InlineData(Transport.Pipes, Way.Plain)]
    [InlineData(Transport.Pipes, Way.Tls)]
    [InlineData(Transport.DedicatedThreads, Way.Plain)]
    [InlineData(Transport.DedicatedThreads, Way.Tls)]
    public async Task A_stream_that_a_tunnel_puts_over_the_socket_carries_everything(Transport transport, Way way)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        ConfigurationOptions configuration = server.Configuration(way);
        configuration.Protocol = RedisProtocol.Resp3;
        List<Socket> sockets = [];
        List<CountingStream> layers = [];
        configuration.Tunnel = new TestTunnel
        {
            BeforeConnect = socket =>
            {
                lock (sockets) sockets.Add(socket!);
            },
            Stream = socket =>
            {
                CountingStream layer = new(new NetworkStream(socket!));
                lock (layers) layers.Add(layer);
                return layer;
            },
        };
        await using (ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded())
        {
            await client.GetDatabase().StringSetAsync("key", new byte[10_000]).Guarded();
            ((byte[]?)await client.GetDatabase().StringGetAsync("key").Guarded()).Should().HaveCount(10_000);
            layers.Sum(layer => layer.BytesWritten).Should().BeGreaterThan(10_000);
            layers.Sum(layer => layer.BytesRead).Should().BeGreaterThan(10_000);
        }

        await Soon.HoldsAsync(() => Task.FromResult(AreClosed(sockets)), "the socket under the stream is closed");
    }

    [Fact]
    public async Task A_tunnel_that_gives_neither_an_address_nor_a_stream_fails_the_connect()
    {
        ConfigurationOptions configuration = new() { EndPoints = { new IPEndPoint(IPAddress.Loopback, 1) }, Tunnel = new TestTunnel { Address = static _ => null }, ConnectRetry = 0 };
        (await Attempts.FailureOfAsync(configuration.UseStreamPipes())).Message.Should().Contain("neither an address to connect to nor a stream");
    }

    [Fact]
    public async Task A_tunnel_with_a_transport_of_its_own_fails_the_connect_and_its_transport_is_disposed()
    {
        UnusedTransport transport = new();
        ConfigurationOptions configuration = new() { EndPoints = { new IPEndPoint(IPAddress.Loopback, 1) }, Tunnel = new TestTunnel { Transport = () => transport }, ConnectRetry = 0 };
        (await Attempts.FailureOfAsync(configuration.UseStreamPipes())).Message.Should().Contain("brings a transport of its own");
        transport.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_may_be_put_over_or_under_the_transport(bool over)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using TemporaryFolder folder = new();
        ConfigurationOptions configuration = server.Configuration(Way.Tls);
        configuration.Protocol = RedisProtocol.Resp3;
        if (!over) LogTo(folder, configuration);
        configuration.UseStreamPipes();
        if (over) LogTo(folder, configuration);
        await using (ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration).Guarded()) await client.GetDatabase().StringSetAsync("logged", "value").Guarded();
        await Soon.HoldsAsync(() => Task.FromResult(Directory.GetFiles(folder.PathOf(".")).Any(file => Logged(file).Contains("logged", StringComparison.Ordinal))), "the command is in the log");
    }

    [Fact]
    public void A_second_call_replaces_the_first_and_keeps_the_tunnel_below()
    {
        Tunnel proxy = Tunnel.HttpProxy(new IPEndPoint(IPAddress.Loopback, 1));
        ConfigurationOptions configuration = new() { Tunnel = proxy };
        configuration.UseStreamPipes().Should().BeSameAs(configuration);
        Tunnel first = configuration.Tunnel!;
        configuration.UseStreamPipes();
        configuration.Tunnel.Should().NotBeSameAs(first).And.BeOfType(first.GetType());
        configuration.Tunnel!.GetType().GetProperty("Below")!.GetValue(configuration.Tunnel).Should().BeSameAs(proxy);
    }

    [Fact]
    public void Options_that_the_client_cannot_use_are_refused()
    {
        ConfigurationOptions configuration = new();
        FluentActions.Invoking(() => ((ConfigurationOptions)null!).UseStreamPipes()).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => configuration.UseStreamPipes(new PipeConnectionOptions { LeaveOpen = true })).Should().Throw<ArgumentException>().WithMessage("LeaveOpen*");
        FluentActions.Invoking(() => configuration.UseStreamPipes(new PipeConnectionOptions { FlushThrough = true })).Should().Throw<ArgumentException>().WithMessage("FlushThrough*");
        configuration.Tunnel.Should().BeNull();
        configuration.UseStreamPipes(new PipeConnectionOptions { ProxyHeader = ProxyHeader.Local });
        configuration.Tunnel = Tunnel.HttpProxy(new IPEndPoint(IPAddress.Loopback, 1));
        FluentActions.Invoking(() => configuration.UseStreamPipes(new PipeConnectionOptions { ProxyHeader = ProxyHeader.Local })).Should().Throw<ArgumentException>().WithMessage("A PROXY header*");
    }

    private static List<Socket> Capture(ConfigurationOptions configuration)
    {
        List<Socket> sockets = [];
        configuration.BeforeSocketConnect = (_, _, socket) =>
        {
            lock (sockets) sockets.Add(socket);
        };
        return sockets;
    }

    private static bool AreClosed(List<Socket> sockets)
    {
        lock (sockets) return sockets.Count > 0 && sockets.TrueForAll(socket => socket.SafeHandle.IsClosed);
    }

    private static void LogTo(TemporaryFolder folder, ConfigurationOptions configuration)
    {
#pragma warning disable CS0618 // It is marked obsolete because it is experimental.
        LoggingTunnel.LogToDirectory(configuration, folder.PathOf("."));
#pragma warning restore CS0618
    }

    /// <summary>What is in a log; nothing as long as it is open for writing.</summary>
    private static string Logged(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
