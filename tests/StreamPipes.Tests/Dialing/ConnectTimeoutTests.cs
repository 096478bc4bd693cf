#if !LIBRARY_NETSTANDARD
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StreamPipes.Dialing;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Dialing;

/// <summary>Connecting where nothing answers.</summary>
public sealed class ConnectTimeoutTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Connecting_may_take_15_seconds_unless_the_options_say_otherwise() => new PipeConnectionOptions().ConnectTimeout.Should().Be(TimeSpan.FromSeconds(15));

    [Fact]
    public async Task An_address_that_does_not_answer_is_given_up_after_ConnectTimeout_to_the_millisecond()
    {
        using FullBacklog nowhere = await FullBacklog.AtAsync(IPAddress.Loopback);
        ManualTimeProvider clock = new();
        Socket? socket = null;
        PipeConnectionOptions options = new() { ConnectTimeout = TimeSpan.FromSeconds(3), TimeProvider = clock, ConfigureSocket = made => socket = made };
        Task<PipeConnection> connecting = SocketConnection.ConnectAsync(nowhere.EndPoint, options).AsTask();
        await clock.WaitForTimersAsync(1).Guarded();

        clock.Advance(TimeSpan.FromSeconds(3) - Millisecond);
        connecting.IsCompleted.Should().BeFalse();
        clock.Advance(Millisecond);

        (await Assert.ThrowsAsync<TimeoutException>(() => connecting.Guarded())).Message.Should().Contain(nowhere.EndPoint.ToString()).And.Contain("00:00:03");
        socket!.SafeHandle.IsClosed.Should().BeTrue();
        clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task ConnectTimeout_covers_a_resolver_that_does_not_answer()
    {
        ManualTimeProvider clock = new();
        TaskCompletionSource never = new();
        Task<Socket> dial = Dial.RunAsync(new ScriptedConnector { Resolved = never.Task }, new DnsEndPoint("example.com", 7000), new PipeConnectionOptions { TimeProvider = clock }, firstBytes: default, default);
        await clock.WaitForTimersAsync(1).Guarded();

        clock.Advance(TimeSpan.FromSeconds(15) - Millisecond);
        dial.IsCompleted.Should().BeFalse();
        clock.Advance(Millisecond);

        (await Assert.ThrowsAsync<TimeoutException>(() => dial.Guarded())).Message.Should().Contain("example.com:7000");
    }

    [Fact]
    public async Task A_timeout_tells_which_addresses_had_failed_before()
    {
        ManualTimeProvider clock = new();
        ScriptedConnector network = new() { Addresses = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")] };
        SocketException refused = new((int)SocketError.ConnectionRefused);
        network.Fail("10.0.0.1", refused);
        Task<Socket> dial = Dial.RunAsync(network, new DnsEndPoint("example.com", 7000), new PipeConnectionOptions { TimeProvider = clock }, firstBytes: default, default);
        await network.NextAsync().Guarded();
        await network.NextAsync().Guarded();

        clock.Advance(TimeSpan.FromSeconds(15));

        (await Assert.ThrowsAsync<TimeoutException>(() => dial.Guarded())).InnerException.Should().BeSameAs(refused);
    }

    [Fact]
    public async Task A_name_whose_first_address_is_a_black_hole_connects_to_the_second_in_less_than_a_second()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        using FullBacklog nowhere = await FullBacklog.AtAsync(IPAddress.Parse("127.0.0.2"), listener.Port);
        PipeConnectionOptions options = new();
        Stopwatch watch = Stopwatch.StartNew();

        using Socket socket = await Dial.RunAsync(new TwoAddresses([nowhere.EndPoint.Address, IPAddress.Loopback]), new DnsEndPoint("example.com", listener.Port), options, firstBytes: default, default).Guarded();

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(1)).And.BeGreaterThan(TimeSpan.FromMilliseconds(200));
        ((IPEndPoint)socket.RemoteEndPoint!).Address.Should().Be(IPAddress.Loopback);
    }

    /// <summary>The real network, with a name that has an address that a test knows.</summary>
    private sealed class TwoAddresses(IPAddress[] addresses) : Connector
    {
        private readonly SocketConnector _real = new(configure: null);

        public override Task<IPAddress[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellationToken) => Task.FromResult(addresses);

        public override Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken) => _real.ConnectAsync(endPoint, cancellationToken);
    }
}
#endif
