#if !LIBRARY_NETSTANDARD
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Listening;

/// <summary>Clients that speak TLS, or should.</summary>
public sealed class TlsListenerTests
{
    [Fact]
    public async Task A_client_is_accepted_when_its_handshake_is_done()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, Options());
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        await using PipeConnection client = await ConnectAsync(listener);
        await using PipeConnection server = await accepting.Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);

        server.Tls!.Protocol.Should().Be(SslProtocols.Tls13);
        (server.LocalEndPoint, server.RemoteEndPoint).Should().Be((client.RemoteEndPoint, client.LocalEndPoint));
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task TLS_runs_over_a_Unix_domain_socket_too()
    {
        await using PipeListener listener = SocketConnection.Listen(new UnixDomainSocketEndPoint(Clients.NewUnixPath()), Options());
        Task serving = listener.ServeAsync(Clients.EchoAsync);

        await using PipeConnection client = await ConnectAsync(listener);
        await Clients.ShouldEchoAsync(client);

        await client.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
    }

    [Fact]
    public async Task A_selector_sees_the_server_name_comes_before_the_options_and_may_wait()
    {
        List<string> names = [];
        Gate selecting = Gate.Open();
        PipeListenerOptions options = new()
        {
            Tls = new SslServerAuthenticationOptions(),
            TlsSelector = async (_, hello, _, token) =>
            {
                await selecting.WaitAsync(token);
                names.Add(hello.ServerName);
                return TestCertificates.ServerOptions();
            },
        };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();

        await using PipeConnection client = await ConnectAsync(listener);

        (await accepting.Guarded()).Abort();
        names.Should().Equal("localhost");
        client.Abort();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handshake_that_fails_is_told_once_and_hurts_no_other_client(bool isNonsense)
    {
        FaultLog faults = new();
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, Options(faults));
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        using Socket unlucky = await Clients.ConnectSilentlyAsync(listener);
        EndPoint who = unlucky.LocalEndPoint!;
        if (isNonsense) await unlucky.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray()).Guarded();
        else unlucky.Shutdown(SocketShutdown.Send);

        (EndPoint? client, Exception error) = await faults.NextAsync();

        client.Should().Be(who);
        (error is AuthenticationException or IOException).Should().BeTrue("it was {0}", error);
        await Clients.ShouldBeClosedAsync(unlucky);
        await using PipeConnection next = await ConnectAsync(listener);
        await Clients.ShouldEchoAsync(next);
        await next.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        faults.All.Should().ContainSingle();
    }

    [Fact]
    public async Task A_handshake_that_stalls_is_ended_and_told_once_after_HandshakeTimeout_to_the_millisecond()
    {
        ManualTimeProvider clock = new();
        FaultLog faults = new();
        TimeSpan limit = TimeSpan.FromSeconds(4);
        PipeListenerOptions options = new(Options(faults)) { Connection = new PipeConnectionOptions { HandshakeTimeout = limit, TimeProvider = clock } };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        using Socket silent = await Clients.ConnectSilentlyAsync(listener);
        await clock.WaitForTimersAsync(1).Guarded();

        clock.Advance(limit - TimeSpan.FromMilliseconds(1));
        clock.ArmedTimers.Should().Be(1);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        (await faults.NextAsync()).Error.Should().BeOfType<TimeoutException>().Which.Message.Should().Contain("HandshakeTimeout of 00:00:04");
        await Clients.ShouldBeClosedAsync(silent);
        await listener.DisposeAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting.Guarded());
        faults.All.Should().ContainSingle();
    }

    [Fact]
    public async Task A_thousand_handshakes_that_stall_do_not_keep_the_next_client_waiting_and_the_oldest_gives_way()
    {
        const int Count = 1000;
        FaultLog faults = new();
        PipeListenerOptions options = Options(faults);
        options.MaximumHandshakes.Should().Be(Count);

        // However long the machine takes to connect a thousand.
        options.Connection = new PipeConnectionOptions { HandshakeTimeout = Timeout.InfiniteTimeSpan };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        List<Socket> silent = [];
        for (int i = 0; i < Count; i++) silent.Add(await Clients.ConnectSilentlyAsync(listener));

        await using PipeConnection client = await ConnectAsync(listener);
        await Clients.ShouldEchoAsync(client);

        (EndPoint? who, Exception error) = await faults.NextAsync();
        who.Should().Be(silent[0].LocalEndPoint);
        error.Should().BeOfType<IOException>().Which.Message.Should().Contain("MaximumHandshakes");
        await Clients.ShouldBeClosedAsync(silent[0]);
        listener.ConnectionsOpen.Should().Be(1);
        await client.DisposeAsync().Guarded();

        // The stop gives up the rest, and that is no fault of theirs.
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        foreach (Socket socket in silent) await Clients.ShouldBeClosedAsync(socket);
        faults.All.Should().ContainSingle();
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Handshakes_that_stall_take_no_more_than_half_of_the_connections()
    {
        PipeListenerOptions options = new(Options()) { MaximumConnections = 10 };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        List<Socket> silent = [];
        for (int i = 0; i < 100; i++) silent.Add(await Clients.ConnectSilentlyAsync(listener));

        await using PipeConnection client = await ConnectAsync(listener);

        await Clients.ShouldEchoAsync(client);
        await client.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        silent.ForEach(socket => socket.Dispose());
    }

    private static PipeListenerOptions Options(FaultLog? faults = null) => new() { Tls = TestCertificates.ServerOptions(), OnConnectionFault = faults is null ? null : faults.Add };

    private static async Task<PipeConnection> ConnectAsync(PipeListener listener) =>
        await TlsConnection.AuthenticateAsClientAsync(await Clients.ConnectAsync(listener), TestCertificates.ClientOptions()).Guarded();
}
#endif
