#if !LIBRARY_NETSTANDARD
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Tls;

/// <summary>Dial and handshake in one call, and what is left when either fails.</summary>
[Collection(nameof(RunsAlone))]
public sealed class TlsConnectTests
{
    [Theory]
    [InlineData("IPv4")]
    [InlineData("IPv6")]
    [InlineData("Unix")]
    public async Task One_call_dials_and_shakes_hands(string family)
    {
        using LoopbackListener listener = LoopbackListener.Of(family);
        Task<PipeConnection> serving = ServeAsync(listener);

        await using TlsPair tls = await TlsPair.MeetAsync(TlsConnection.ConnectAsync(listener.EndPoint, TlsOptions.Client()), serving);

        tls.Client.Tls!.Protocol.Should().Be(SslProtocols.Tls13);
        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
    }

    [Fact]
    public async Task A_name_is_dialled_and_its_certificate_checked()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        Task<PipeConnection> serving = ServeAsync(listener);

        await using TlsPair tls = await TlsPair.MeetAsync(TlsConnection.ConnectAsync(new DnsEndPoint("localhost", listener.Port), TlsOptions.Client()), serving);

        tls.Client.Tls!.TargetHostName.Should().Be("localhost");
    }

    [Fact]
    public async Task The_options_are_those_of_the_connection_that_comes_back()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        Task<PipeConnection> serving = ServeAsync(listener);
        ManualTimeProvider clock = new();
        PipeConnectionOptions options = new() { TimeProvider = clock, IdleTimeout = TimeSpan.FromMinutes(1) };
        PipeConnection client = await TlsConnection.ConnectAsync(listener.EndPoint, TlsOptions.Client(), options).Guarded();
        PipeConnection server = await serving.Guarded();

        clock.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAsync<TimeoutException>(() => client.Completion.Guarded());
        await server.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task Where_no_server_listens_the_error_is_the_sockets_own_and_no_socket_is_left()
    {
        EndPoint gone;
        using (LoopbackListener listener = LoopbackListener.IPv4()) gone = listener.EndPoint;

        await LeavesNoSocketAsync(async () =>
        {
            SocketException thrown = await Assert.ThrowsAsync<SocketException>(() => TlsConnection.ConnectAsync(gone, TlsOptions.Client()).Guarded());
            thrown.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        });
    }

    [Fact]
    public async Task A_refused_certificate_is_an_AuthenticationException_and_no_socket_is_left()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();

        await LeavesNoSocketAsync(async () =>
        {
            Task<PipeConnection> serving = ServeAsync(listener, TlsOptions.Server(certificate: IssuedCertificates.Expired));
            await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.ConnectAsync(listener.EndPoint, TlsOptions.Client()).Guarded());

            // In TLS 1.3 the server's handshake may have ended before the client refused.
            if (await Thrown.ByAsync(() => serving.Guarded()) is null) await (await serving).DisposeAsync().Guarded();
        });
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_HandshakeTimeout_and_no_socket_is_left()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();

        await LeavesNoSocketAsync(async () =>
        {
            PipeConnectionOptions options = new() { HandshakeTimeout = TimeSpan.FromMilliseconds(50) };
            await Assert.ThrowsAsync<TimeoutException>(() => TlsConnection.ConnectAsync(listener.EndPoint, TlsOptions.Client(), options).Guarded());
            (await listener.AcceptAsync().Guarded()).Dispose();
        });
    }

    [Fact]
    public async Task A_token_that_has_fired_dials_nothing()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        CancellationToken fired = new(canceled: true);

        await LeavesNoSocketAsync(async () =>
        {
            OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TlsConnection.ConnectAsync(listener.EndPoint, TlsOptions.Client(), options: null, fired).Guarded());
            thrown.CancellationToken.Should().Be(fired);
        });
    }

    [Fact]
    public async Task A_token_that_fires_during_the_handshake_leaves_no_socket()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();

        await LeavesNoSocketAsync(async () =>
        {
            using CancellationTokenSource source = new();
            Task<PipeConnection> connecting = TlsConnection.ConnectAsync(listener.EndPoint, TlsOptions.Client(), options: null, source.Token);
            using Socket server = await listener.AcceptAsync().Guarded();
            (await server.ReceiveAsync(new byte[1]).Guarded()).Should().Be(1, "the handshake has begun");

            await source.CancelAsync();

            (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Guarded())).CancellationToken.Should().Be(source.Token);
        });
    }

    [Fact]
    public void Wrong_arguments_are_named_at_once()
    {
        IPEndPoint anywhere = new(IPAddress.Loopback, 1);

        Assert.Throws<ArgumentNullException>("endPoint", () => { _ = TlsConnection.ConnectAsync(null!, TlsOptions.Client()); });
        Assert.Throws<ArgumentNullException>("tls", () => { _ = TlsConnection.ConnectAsync(anywhere, null!); });
        Assert.Throws<ArgumentException>("options", () => { _ = TlsConnection.ConnectAsync(anywhere, TlsOptions.Client(), new PipeConnectionOptions { LeaveOpen = true }); });
    }

    private static async Task<PipeConnection> ServeAsync(LoopbackListener listener, SslServerAuthenticationOptions? tls = null) =>
        await TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(await listener.AcceptAsync()), tls ?? TlsOptions.Server());

    private static async Task LeavesNoSocketAsync(Func<Task> scenario)
    {
        int before = Descriptors.Sockets();
        await scenario();
        Descriptors.Sockets().Should().Be(before);
    }
}
#endif
