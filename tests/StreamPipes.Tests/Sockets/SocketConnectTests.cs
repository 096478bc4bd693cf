using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>Connecting: every kind of end point, and every way in which it comes to nothing.</summary>
[Collection(nameof(RunsAlone))]
public sealed class SocketConnectTests
{
    private const int Rounds = 50;

    [Theory]
    [InlineData("IPv4")]
    [InlineData("IPv6")]
    [InlineData("Unix")]
    public async Task An_end_point_of_each_family_is_connected(string family)
    {
        using LoopbackListener listener = LoopbackListener.Of(family);
        await ShouldConnectAsync(listener, listener.EndPoint);
    }

    [Theory]
    [InlineData("IPv4", AddressFamily.Unspecified)]
    [InlineData("IPv6", AddressFamily.Unspecified)]
    [InlineData("IPv4", AddressFamily.InterNetwork)]
    [InlineData("IPv6", AddressFamily.InterNetworkV6)]
    public async Task A_name_is_connected_though_the_server_is_on_one_family_only(string family, AddressFamily wanted)
    {
        using LoopbackListener listener = LoopbackListener.Of(family);
        IPAddress[] addresses = await Dns.GetHostAddressesAsync("localhost").Guarded();
        Assert.SkipUnless(addresses.Any(address => address.AddressFamily == listener.EndPoint.AddressFamily), $"localhost has no address of {family} here.");

        await ShouldConnectAsync(listener, new DnsEndPoint("localhost", listener.Port, wanted));
    }

    [Theory]
    [InlineData("IPv4")]
    [InlineData("both families")]
    public async Task An_IPv4_address_that_is_mapped_to_IPv6_is_connected(string family)
    {
        using LoopbackListener listener = LoopbackListener.Of(family);
        await ShouldConnectAsync(listener, new IPEndPoint(IPAddress.Loopback.MapToIPv6(), listener.Port));
    }

    [Fact]
    public async Task The_end_point_that_a_listener_of_both_families_reports_is_connected()
    {
        using LoopbackListener listener = LoopbackListener.Both();
        listener.EndPoint.AddressFamily.Should().Be(AddressFamily.InterNetworkV6);
        await ShouldConnectAsync(listener, listener.EndPoint);
    }

    [Theory]
    [InlineData(AddressFamily.Unspecified)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task A_mapped_address_in_the_place_of_a_name_is_connected(AddressFamily wanted)
    {
        using LoopbackListener listener = LoopbackListener.Both();
        await ShouldConnectAsync(listener, new DnsEndPoint("::ffff:127.0.0.1", listener.Port, wanted));
    }

    [Fact]
    public async Task An_end_point_of_a_class_of_its_own_is_connected_by_its_family()
    {
        using LoopbackListener listener = LoopbackListener.Both();
        await ShouldConnectAsync(listener, new RenamedEndPoint(listener.EndPoint));
    }

    [Fact]
    public async Task A_missing_end_point_is_refused() =>
        (await Assert.ThrowsAsync<ArgumentNullException>(() => SocketConnection.ConnectAsync(null!).Guarded())).ParamName.Should().Be("endPoint");

    [Theory]
    [InlineData("IPv4")]
    [InlineData("IPv6")]
    [InlineData("Unix")]
    public async Task Where_nobody_listens_the_error_is_the_sockets_own_and_the_socket_is_gone(string family)
    {
        EndPoint nobody = NobodyAt(family);

        await LeavesNoDescriptorAsync(async () => await Assert.ThrowsAsync<SocketException>(() => SocketConnection.ConnectAsync(nobody).Guarded()));
    }

    [Fact]
    public async Task A_refused_connection_throws_ConnectionRefused()
    {
        SocketException thrown = await Assert.ThrowsAsync<SocketException>(() => SocketConnection.ConnectAsync(NobodyAt("IPv4")).Guarded());

        thrown.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task A_name_that_cannot_be_is_an_error_and_the_socket_is_gone()
    {
        // More than the 63 characters of a label: nobody has to be asked.
        DnsEndPoint nowhere = new(new string('x', 64) + ".invalid", 1);

        await LeavesNoDescriptorAsync(async () => await Assert.ThrowsAsync<SocketException>(() => SocketConnection.ConnectAsync(nowhere).Guarded()));
    }

    [Fact]
    public async Task A_cancelled_token_connects_nothing()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        CancellationToken fired = new(canceled: true);

        await LeavesNoDescriptorAsync(async () =>
        {
            OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SocketConnection.ConnectAsync(listener.EndPoint, options: null, fired).Guarded());
            thrown.CancellationToken.Should().Be(fired);
        });

        // The first to be accepted is the first that was let through.
        await ShouldConnectAsync(listener, listener.EndPoint);
    }

    [Fact]
    public async Task A_token_that_fires_during_the_connect_gives_up_and_the_sockets_are_gone()
    {
        // A queue that is full drops what comes next without an answer.
        const int Tries = 8;
        using LoopbackListener listener = LoopbackListener.IPv4(backlog: 0);
        int before = Descriptors.Sockets();
        using CancellationTokenSource source = new();
        Task<PipeConnection>[] connecting = [.. Enumerable.Range(0, Tries).Select(_ => SocketConnection.ConnectAsync(listener.EndPoint, options: null, source.Token).AsTask())];
        await (await Task.WhenAny(connecting).Guarded());

        await source.CancelAsync();

        int cancelled = 0;
        foreach (Task<PipeConnection> one in connecting)
        {
            Exception? thrown = await Thrown.ByAsync(() => one.Guarded());
            if (thrown is null)
            {
                (await one).Abort();
                await Thrown.ByAsync(async () => await (await one).Completion.Guarded());
                continue;
            }

            Assert.IsAssignableFrom<OperationCanceledException>(thrown).CancellationToken.Should().Be(source.Token);
            cancelled++;
        }

        cancelled.Should().BeGreaterThan(Tries / 2);
        Descriptors.Sockets().Should().BeLessThanOrEqualTo(before);
    }

    [Fact]
    public async Task A_token_that_fires_after_the_connect_changes_nothing()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        using CancellationTokenSource source = new();
        Task<Socket> accepting = listener.AcceptAsync();
        PipeConnection client = await SocketConnection.ConnectAsync(listener.EndPoint, options: null, source.Token).Guarded();
        await using PipeConnection server = SocketConnection.Create(await accepting.Guarded());

        await source.CancelAsync();

        await PipeExtensions.ShouldTalkAsync(client, server);
        client.Abort();
        server.Abort();
    }

    private static async Task ShouldConnectAsync(LoopbackListener listener, EndPoint endPoint)
    {
        Task<Socket> accepting = listener.AcceptAsync();
        PipeConnection client = await SocketConnection.ConnectAsync(endPoint).Guarded();
        PipeConnection server = SocketConnection.Create(await accepting.Guarded());

        await PipeExtensions.ShouldTalkAsync(client, server);

        await Task.WhenAll(client.DisposeAsync().AsTask(), server.DisposeAsync().AsTask()).Guarded();
        await client.Completion.Guarded();
        await server.Completion.Guarded();
    }

    private static EndPoint NobodyAt(string family)
    {
        using LoopbackListener listener = LoopbackListener.Of(family);
        return listener.EndPoint;
    }

    private static async Task LeavesNoDescriptorAsync(Func<Task> attempt)
    {
        await attempt();
        int before = Descriptors.Sockets();
        for (int i = 0; i < Rounds; i++) await attempt();
        Descriptors.Sockets().Should().BeLessThanOrEqualTo(before);
    }

    /// <summary>Somebody's own kind, which looks like the one it stands for to the socket only.</summary>
    private sealed class RenamedEndPoint(EndPoint real) : EndPoint
    {
        public override AddressFamily AddressFamily => real.AddressFamily;

        public override SocketAddress Serialize() => real.Serialize();

        public override EndPoint Create(SocketAddress socketAddress) => real.Create(socketAddress);
    }
}
