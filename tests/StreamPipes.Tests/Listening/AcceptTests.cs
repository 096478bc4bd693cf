using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Listening;

/// <summary>Clients, one by one.</summary>
public sealed class AcceptTests
{
    public static TheoryData<string> Families => ["IPv4", "IPv6", "Unix"];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task A_client_of_each_family_is_accepted(string family)
    {
        await using PipeListener listener = SocketConnection.Listen(Anywhere(family));
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await using PipeConnection server = await listener.AcceptAsync().Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);

        server.LocalEndPoint!.ToString().Should().Be(listener.LocalEndPoint.ToString());
        client.RemoteEndPoint!.ToString().Should().Be(listener.LocalEndPoint.ToString());
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task A_listener_at_every_address_of_IPv6_has_the_clients_of_IPv4_too()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using PipeListener listener = SocketConnection.Listen(new IPEndPoint(IPAddress.IPv6Any, 0));
        int port = ((IPEndPoint)listener.LocalEndPoint).Port;
        foreach (IPAddress address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            await using PipeConnection client = await SocketConnection.ConnectAsync(new IPEndPoint(address, port)).Guarded();
            await using PipeConnection server = await listener.AcceptAsync().Guarded();
            await PipeExtensions.ShouldTalkAsync(client, server);
            client.Abort();
        }
    }

    [Fact]
    public async Task The_file_of_a_Unix_domain_listener_goes_with_it()
    {
        string path = Clients.NewUnixPath();
        PipeListener listener = SocketConnection.Listen(new UnixDomainSocketEndPoint(path));
        File.Exists(path).Should().BeTrue();

        await listener.DisposeAsync().Guarded();

        File.Exists(path).Should().BeFalse();
        listener.LocalEndPoint.ToString().Should().Be(path);
    }

    [Fact]
    public async Task Clients_are_accepted_one_after_the_other_until_the_listener_is_disposed()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        Task<int> counting = CountAsync(listener);
        List<PipeConnection> clients = [];
        for (int i = 0; i < 20; i++) clients.Add(await Clients.ConnectAsync(listener));
        foreach (PipeConnection client in clients) await client.Input.ShouldEndAsync();

        await listener.DisposeAsync().Guarded();

        (await counting.Guarded()).Should().Be(20);
        foreach (PipeConnection client in clients) await client.DisposeAsync().Guarded();

        static async Task<int> CountAsync(PipeListener listener)
        {
            int count = 0;
            await foreach (PipeConnection connection in listener.AcceptAllAsync())
            {
                await connection.Output.CompleteAsync();
                connection.Input.Complete();
                count++;
            }

            return count;
        }
    }

    [Fact]
    public async Task A_token_ends_the_wait_for_a_client_and_the_next_wait_has_the_client()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        using CancellationTokenSource source = new();
        Task<PipeConnection> given = listener.AcceptAsync(source.Token).AsTask();
        await source.CancelAsync();
        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Guarded())).CancellationToken.Should().Be(source.Token);

        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await using PipeConnection server = await listener.AcceptAsync().Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task Waits_for_a_client_are_served_in_their_order()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        Task<PipeConnection>[] waits = [.. Enumerable.Range(0, 10).Select(_ => listener.AcceptAsync().AsTask())];
        foreach (Task<PipeConnection> wait in waits)
        {
            await using PipeConnection client = await Clients.ConnectAsync(listener);
            await using PipeConnection server = await wait.Guarded();
            server.RemoteEndPoint.Should().Be(client.LocalEndPoint);
            client.Abort();
            server.Abort();
        }
    }

    [Fact]
    public async Task An_accepted_connection_outlives_its_listener()
    {
        PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await using PipeConnection server = await listener.AcceptAsync().Guarded();

        await listener.DisposeAsync().Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);
        listener.ConnectionsOpen.Should().Be(1);
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task A_disposed_listener_accepts_no_client_and_refuses_those_who_come()
    {
        PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        Task<PipeConnection> waiting = listener.AcceptAsync().AsTask();

        await listener.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => listener.AcceptAsync().Guarded());
        await Assert.ThrowsAsync<SocketException>(() => SocketConnection.ConnectAsync(listener.LocalEndPoint).Guarded());
    }

    [Fact]
    public async Task As_many_connections_are_open_as_MaximumConnections_says_and_the_next_client_waits_for_one_to_end()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { MaximumConnections = 2 });
        List<PipeConnection> clients = [];
        for (int i = 0; i < 3; i++) clients.Add(await Clients.ConnectAsync(listener));
        PipeConnection first = await listener.AcceptAsync().Guarded();
        PipeConnection second = await listener.AcceptAsync().Guarded();
        Task<PipeConnection> third = listener.AcceptAsync().AsTask();
        listener.ConnectionsOpen.Should().Be(2);
        third.IsCompleted.Should().BeFalse();

        first.Abort();

        PipeConnection last = await third.Guarded();
        listener.ConnectionsOpen.Should().Be(2);
        await PipeExtensions.ShouldTalkAsync(clients[2], last);
        foreach (PipeConnection connection in clients.Append(second).Append(last)) connection.Abort();
    }

    [Fact]
    public async Task An_accepted_socket_is_configured_and_a_failure_of_that_is_told_once_and_hurts_one_client_only()
    {
        FaultLog faults = new();
        int count = 0;
        PipeConnectionOptions options = new()
        {
            ConfigureSocket = socket =>
            {
                if (Interlocked.Increment(ref count) == 1) throw new InvalidOperationException("not this one");
                socket.SendTimeout = 1234;
            },
        };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { Connection = options, OnConnectionFault = faults.Add });
        using Socket unlucky = await Clients.ConnectSilentlyAsync(listener);
        await using PipeConnection client = await Clients.ConnectAsync(listener);

        await using PipeConnection server = await listener.AcceptAsync().Guarded();

        server.RemoteEndPoint.Should().Be(client.LocalEndPoint);
        await Clients.ShouldBeClosedAsync(unlucky);
        (EndPoint? who, Exception error) = faults.All.Should().ContainSingle().Which;
        who.Should().Be(unlucky.LocalEndPoint);
        error.Message.Should().Be("not this one");
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task The_listening_socket_is_configured_before_it_is_bound()
    {
        List<bool> bound = [];
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { ConfigureSocket = socket => bound.Add(socket.IsBound) });

        bound.Should().Equal(false);
    }

    [Fact]
    public async Task What_cannot_be_listened_at_is_refused()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);

        Assert.Throws<ArgumentNullException>("endPoint", () => SocketConnection.Listen(null!));
        Assert.Throws<ArgumentException>("endPoint", () => SocketConnection.Listen(new DnsEndPoint("localhost", 0))).Message.Should().Contain("IPv6Any");
        Assert.Throws<SocketException>(() => SocketConnection.Listen(listener.LocalEndPoint)).SocketErrorCode.Should().Be(SocketError.AddressAlreadyInUse);
        Assert.Throws<ArgumentException>("options", () => SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { Connection = new PipeConnectionOptions { LeaveOpen = true } }))
            .Message.Should().Contain("LeaveOpen");
    }

    private static EndPoint Anywhere(string family)
    {
        Assert.SkipWhen(family is "IPv6" && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        return family switch
        {
            "IPv4" => Clients.Loopback,
            "IPv6" => new IPEndPoint(IPAddress.IPv6Loopback, 0),
            _ => new UnixDomainSocketEndPoint(Clients.NewUnixPath()),
        };
    }
}
