#if !LIBRARY_NETSTANDARD
using System.Net;
using System.Net.Sockets;
using System.Text;
using StreamPipes.Tests.Listening;

namespace StreamPipes.Tests.ProxyProtocol;

/// <summary>A listener behind a proxy.</summary>
public sealed class ProxyListenerTests : IAsyncDisposable
{
    private readonly FaultLog _faults = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly List<IDisposable> _sockets = [];
    private PipeListener? _listener;

    public static TheoryData<byte[]> Wellformed => [Headers.Text, Headers.Binary];

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null) await _listener.DisposeAsync().Guarded();
        _sockets.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [MemberData(nameof(Wellformed))]
    public async Task The_addresses_are_the_clients_and_not_one_byte_behind_the_header_is_lost(byte[] header)
    {
        Listen();
        await using PipeConnection connection = await AcceptAsync([.. header, .. "hello"u8]);

        (await connection.Input.ReadTextAsync(5)).Should().Be("hello");
        connection.RemoteEndPoint.Should().Be(Headers.Client);
        connection.LocalEndPoint.Should().Be(Headers.Server);
        connection.ProxyHeader!.Source.Should().Be(Headers.Client);
        connection.ToString().Should().Contain("192.0.2.1:56324 to 198.51.100.7:443");
        connection.BytesReceived.Should().Be(5);
        connection.Abort();
    }

    [Theory]
    [MemberData(nameof(Wellformed))]
    public async Task A_header_may_come_in_any_two_pieces(byte[] header)
    {
        Listen();
        byte[] wire = [.. header, .. "hello"u8];
        for (int cut = 1; cut < wire.Length; cut++)
        {
            Task<PipeConnection> accepting = _listener!.AcceptAsync().AsTask();
            Socket client = await ConnectAsync();
            await client.SendAsync(wire.AsMemory(0, cut)).AsTask().Guarded();
            await client.SendAsync(wire.AsMemory(cut)).AsTask().Guarded();
            await using PipeConnection connection = await accepting.Guarded();

            (await connection.Input.ReadTextAsync(5)).Should().Be("hello");
            connection.RemoteEndPoint.Should().Be(Headers.Client);
            connection.Abort();
        }
    }

    [Fact]
    public async Task A_header_may_come_byte_by_byte_and_be_as_long_as_it_can_be()
    {
        Listen();
        byte[] longest = new ProxyHeader(Headers.Client, Headers.Server, [new(0xE0, Payload.Seeded(65535 - 12 - 3))]).ToArray();
        Task<PipeConnection> accepting = _listener!.AcceptAsync().AsTask();
        Socket client = await ConnectAsync();
        for (int i = 0; i < 600; i++) await client.SendAsync(longest.AsMemory(i, 1)).AsTask().Guarded();
        await client.SendAsync(longest.AsMemory(600)).AsTask().Guarded();
        await client.SendAsync("hello"u8.ToArray()).Guarded();
        await using PipeConnection connection = await accepting.Guarded();

        (await connection.Input.ReadTextAsync(5)).Should().Be("hello");
        Payload.HashOf(connection.ProxyHeader!.Tlvs[0].Value.ToArray()).Should().Be(Payload.HashOf(Payload.Seeded(65535 - 12 - 3)));
        connection.Abort();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_header_has_no_address_those_of_the_socket_remain(bool isLocal)
    {
        Listen();
        Task<PipeConnection> accepting = _listener!.AcceptAsync().AsTask();
        Socket client = await ConnectAsync();
        await client.SendAsync(isLocal ? ProxyHeader.Local.ToArray() : Headers.Line("PROXY UNKNOWN\r\n")).Guarded();
        await using PipeConnection connection = await accepting.Guarded();

        connection.RemoteEndPoint.Should().Be(client.LocalEndPoint);
        connection.LocalEndPoint.Should().Be(client.RemoteEndPoint);
        connection.ProxyHeader!.IsLocal.Should().Be(isLocal);
        connection.Abort();
    }

    [Fact]
    public async Task Proxies_may_come_over_Unix_domain_sockets_and_speak_for_clients_of_such()
    {
        _listener = SocketConnection.Listen(new UnixDomainSocketEndPoint(Clients.NewUnixPath()), Options());
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        UnixDomainSocketEndPoint front = new("/run/front.sock");
        await using PipeConnection client = await SocketConnection.ConnectAsync(
            _listener.LocalEndPoint, new PipeConnectionOptions { ProxyHeader = new ProxyHeader(source: null, front) }).Guarded();
        await using PipeConnection connection = await accepting.Guarded();

        connection.LocalEndPoint.Should().Be(front);
        connection.RemoteEndPoint.Should().BeNull("the client of the proxy has no name");
        await PipeExtensions.ShouldTalkAsync(client, connection);
        client.Abort();
        connection.Abort();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", typeof(InvalidDataException), "byte 0 is 0x47")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 99999\r\nhello", typeof(InvalidDataException), "malformed at byte 29")]
    [InlineData("PROXY TCP4 1.2.3.4", typeof(EndOfStreamException), "after 18 bytes")]
    [InlineData("", typeof(EndOfStreamException), "after 0 bytes")]
    public async Task A_client_without_a_proper_header_is_ended_and_told_once_and_hurts_no_other(string text, Type error, string message)
    {
        Listen();
        Task serving = _listener!.ServeAsync(Clients.EchoAsync);
        Socket unlucky = await ConnectAsync();
        await unlucky.SendAsync(Headers.Line(text)).Guarded();
        unlucky.Shutdown(SocketShutdown.Send);

        (EndPoint? client, Exception fault) = await _faults.NextAsync();

        client.Should().Be(unlucky.LocalEndPoint);
        fault.Should().BeOfType(error);
        fault.Message.Should().Contain(message);
        await Clients.ShouldBeClosedAsync(unlucky);
        await using PipeConnection next = await SocketConnection.ConnectAsync(_listener.LocalEndPoint, Speaking(Headers.Client)).Guarded();
        await Clients.ShouldEchoAsync(next);
        await next.DisposeAsync().Guarded();
        await _listener.DisposeAsync().Guarded();
        await serving.Guarded();
        _faults.All.Should().ContainSingle();
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 1.2.3.4")]
    public async Task A_header_that_does_not_come_is_given_up_after_HandshakeTimeout_to_the_millisecond(string start)
    {
        Listen(new PipeConnectionOptions { TimeProvider = _clock, HandshakeTimeout = TimeSpan.FromSeconds(4) });
        Task<PipeConnection> accepting = _listener!.AcceptAsync().AsTask();
        Socket silent = await ConnectAsync();
        await silent.SendAsync(Headers.Line(start)).Guarded();
        await _clock.WaitForTimersAsync(1).Guarded();

        _clock.Advance(TimeSpan.FromMilliseconds(3999));
        _clock.ArmedTimers.Should().Be(1);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        (await _faults.NextAsync()).Error.Should().BeOfType<TimeoutException>().Which.Message.Should().Contain("PROXY header").And.Contain("HandshakeTimeout of 00:00:04");
        await Clients.ShouldBeClosedAsync(silent);
        await _listener.DisposeAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting.Guarded());
        _faults.All.Should().ContainSingle();
    }

    [Fact]
    public async Task The_header_and_TLS_share_one_time_limit()
    {
        PipeListenerOptions options = Options(new PipeConnectionOptions { TimeProvider = _clock, HandshakeTimeout = TimeSpan.FromSeconds(4) });
        options.Tls = TestCertificates.ServerOptions();
        _listener = SocketConnection.Listen(Clients.Loopback, options);
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        Socket slow = await ConnectAsync();
        await _clock.WaitForTimersAsync(1).Guarded();
        _clock.Advance(TimeSpan.FromSeconds(3));
        await slow.SendAsync(Headers.Binary).Guarded();

        // That of the TLS handshake, which would have 4 seconds of its own.
        await _clock.WaitForTimersAsync(2).Guarded();
        _clock.Advance(TimeSpan.FromSeconds(1));

        (await _faults.NextAsync()).Error.Should().BeOfType<TimeoutException>().Which.Message.Should().Contain("TLS handshake").And.Contain("HandshakeTimeout of 00:00:04");
        await Clients.ShouldBeClosedAsync(slow);
        await _listener.DisposeAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting.Guarded());
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task TLS_comes_behind_the_header()
    {
        PipeListenerOptions options = Options();
        options.Tls = TestCertificates.ServerOptions();
        _listener = SocketConnection.Listen(Clients.Loopback, options);
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        await using PipeConnection client = await TlsConnection.ConnectAsync(_listener.LocalEndPoint, TestCertificates.ClientOptions(), Speaking(Headers.Client)).Guarded();
        await using PipeConnection connection = await accepting.Guarded();

        await PipeExtensions.ShouldTalkAsync(client, connection);
        connection.Tls!.TargetHostName.Should().Be("localhost");
        connection.RemoteEndPoint.Should().Be(Headers.Client);
        client.ProxyHeader.Should().BeNull("it was sent, not received");
        client.Abort();
        connection.Abort();
    }

    [Fact]
    public async Task STARTTLS_keeps_the_header()
    {
        Listen();
        Task<PipeConnection> accepting = _listener!.AcceptAsync().AsTask();
        PipeConnection plain = await SocketConnection.ConnectAsync(_listener.LocalEndPoint, Speaking(Headers.Client)).Guarded();
        Task<PipeConnection> server = TlsConnection.UpgradeAsServerAsync(await accepting.Guarded(), default, TestCertificates.ServerOptions());
        await using PipeConnection client = await TlsConnection.UpgradeAsClientAsync(plain, TestCertificates.ClientOptions()).Guarded();
        await using PipeConnection upgraded = await server.Guarded();

        upgraded.RemoteEndPoint.Should().Be(Headers.Client);
        upgraded.ProxyHeader!.Destination.Should().Be(Headers.Server);
        client.Abort();
        upgraded.Abort();
    }

    [Fact]
    public async Task A_peer_that_is_no_trusted_proxy_is_refused_whatever_it_sends()
    {
        List<EndPoint?> asked = [];
        bool isTrusted = false;
        PipeListenerOptions options = Options();
        options.IsTrustedProxy = peer =>
        {
            asked.Add(peer);
            return isTrusted;
        };
        _listener = SocketConnection.Listen(Clients.Loopback, options);
        Task<PipeConnection> accepting = _listener.AcceptAsync().AsTask();
        Socket forger = await ConnectAsync();
        await forger.SendAsync(Headers.Binary).Guarded();

        (await _faults.NextAsync()).Error.Should().BeOfType<UnauthorizedAccessException>().Which.Message.Should().Contain(forger.LocalEndPoint!.ToString()).And.Contain("IsTrustedProxy");

        await Clients.ShouldBeClosedAsync(forger);
        isTrusted = true;
        await using PipeConnection client = await SocketConnection.ConnectAsync(_listener.LocalEndPoint, Speaking(Headers.Client)).Guarded();
        await using PipeConnection connection = await accepting.Guarded();
        asked.Should().Equal(forger.LocalEndPoint, client.LocalEndPoint);
        connection.RemoteEndPoint.Should().Be(Headers.Client);
        client.Abort();
        connection.Abort();
    }

    [Fact]
    public async Task Proxies_that_say_nothing_keep_no_other_client_waiting()
    {
        PipeListenerOptions options = Options();
        options.MaximumHandshakes = 3;
        _listener = SocketConnection.Listen(Clients.Loopback, options);
        Task serving = _listener.ServeAsync(Clients.EchoAsync);
        Socket oldest = await ConnectAsync();
        for (int i = 0; i < 10; i++) await ConnectAsync();

        await using PipeConnection client = await SocketConnection.ConnectAsync(_listener.LocalEndPoint, Speaking(Headers.Client)).Guarded();

        await Clients.ShouldEchoAsync(client);
        await Clients.ShouldBeClosedAsync(oldest);
        _faults.All.First().Error.Message.Should().Contain("MaximumHandshakes");
        await client.DisposeAsync().Guarded();
        await _listener.DisposeAsync().Guarded();
        await serving.Guarded();
    }

    [Fact]
    public async Task What_a_handler_throws_is_told_with_the_address_of_the_client_and_not_of_the_proxy()
    {
        Listen();
        InvalidOperationException error = new("the handler's");
        Task serving = _listener!.ServeAsync((_, _) => throw error);
        await using PipeConnection client = await SocketConnection.ConnectAsync(_listener.LocalEndPoint, Speaking(Headers.Client)).Guarded();

        (await _faults.NextAsync()).Should().Be((Headers.Client, error));

        await _listener.DisposeAsync().Guarded();
        await serving.Guarded();
        client.Abort();
    }

    [Fact]
    public async Task Without_the_option_a_header_is_the_first_the_handler_reads()
    {
        _listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { IsTrustedProxy = _ => false });
        await using PipeConnection connection = await AcceptAsync(Headers.Text);

        (await connection.Input.ReadTextAsync(Headers.Text.Length)).Should().Be(Encoding.ASCII.GetString(Headers.Text));
        connection.ProxyHeader.Should().BeNull();
        connection.Abort();
    }

    private static PipeConnectionOptions Speaking(EndPoint client) => new() { ProxyHeader = new ProxyHeader(client, Headers.Server) };

    private PipeListenerOptions Options(PipeConnectionOptions? connection = null) => new() { ProxyProtocol = true, Connection = connection, OnConnectionFault = _faults.Add };

    private void Listen(PipeConnectionOptions? connection = null) => _listener = SocketConnection.Listen(Clients.Loopback, Options(connection));

    private async Task<Socket> ConnectAsync()
    {
        Socket socket = await Clients.ConnectSilentlyAsync(_listener!);
        socket.NoDelay = true;
        _sockets.Add(socket);
        return socket;
    }

    private async Task<PipeConnection> AcceptAsync(byte[] sent)
    {
        Task<PipeConnection> accepting = _listener!.AcceptAsync().AsTask();
        Socket client = await ConnectAsync();
        await client.SendAsync(sent).Guarded();
        return await accepting.Guarded();
    }
}
#endif
