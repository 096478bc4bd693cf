#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls;

/// <summary>Handshakes that are cancelled in the middle, wherever that is: the right exception, and nothing left behind.</summary>
[Collection(nameof(RunsAlone))]
public sealed class HandshakeCancellationTests
{
    /// <summary>The signatures of two handshakes differ in length by a few bytes.</summary>
    private const int Slack = 16;

    [Theory]
    [InlineData(true, SslProtocols.Tls13)]
    [InlineData(true, SslProtocols.Tls12)]
    [InlineData(false, SslProtocols.Tls13)]
    [InlineData(false, SslProtocols.Tls12)]
    public async Task A_handshake_cancelled_at_any_byte_throws_that_token_and_leaks_nothing(bool isClient, SslProtocols protocol)
    {
        Random random = Payload.NewRandom(42);
        long total = await WholeAsync(isClient, protocol);
        int before = OpenDescriptors();

        for (int round = 0; round < 50; round++) await CancelledAsync(isClient, protocol, 1 + random.NextInt64(total - Slack), overPipe: round % 2 == 1);

        OpenDescriptors().Should().Be(before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_that_has_fired_already_cancels_the_handshake(bool overPipe)
    {
        ScriptedStream transport = new();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => AuthenticateAsync(transport, overPipe, isClient: true, SslProtocols.Tls13, new CancellationToken(canceled: true)).Guarded());

        thrown.CancellationToken.IsCancellationRequested.Should().BeTrue();
        await transport.Disposed.Guarded();
    }

    [Fact]
    public async Task A_token_that_fires_while_the_transport_is_still_sending_releases_it()
    {
        ScriptedStream transport = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(transport);
        connection.Output.Put("EHLO"u8);
        using CancellationTokenSource source = new();
        Task<PipeConnection> handshake = TlsConnection.AuthenticateAsClientAsync(connection, TlsOptions.Client(), options: null, source.Token);
        await transport.GetCalledTask(StreamOperation.Write).Guarded();

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.Guarded())).CancellationToken.Should().Be(source.Token);
        await transport.Disposed.Guarded();
    }

    [Fact]
    public async Task A_transport_that_ignores_its_token_does_not_hold_up_the_cancellation()
    {
        ScriptedStream transport = new() { IgnoresTokens = true };
        using CancellationTokenSource source = new();
        Task<PipeConnection> handshake = TlsConnection.AuthenticateAsClientAsync(transport, TlsOptions.Client(), options: null, source.Token);
        await transport.GetCalledTask(StreamOperation.Read).Guarded();

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.Guarded())).CancellationToken.Should().Be(source.Token);
        await transport.Disposed.Guarded();
    }

    [Fact]
    public async Task A_token_that_fires_after_the_handshake_changes_nothing()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using CancellationTokenSource source = new();
        await using TlsPair tls = await TlsPair.MeetAsync(
            TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), TlsOptions.Client(), options: null, source.Token),
            TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(server), TlsOptions.Server(), options: null, source.Token));

        await source.CancelAsync();

        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
    }

    /// <summary>How many bytes a handshake takes on one side.</summary>
    private static async Task<long> WholeAsync(bool isClient, SslProtocols protocol)
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        TripwireStream transport = new(isClient ? pair.Client : pair.Server, at: long.MaxValue, () => { });
        Task peer = PeerAsync(isClient ? pair.Server : pair.Client, !isClient, protocol);
        using SslStream tls = new(transport);
        await HandshakeAsync(tls, isClient, protocol).Guarded();
        await peer.Guarded();
        return transport.Passed;
    }

    private static async Task CancelledAsync(bool isClient, SslProtocols protocol, long at, bool overPipe)
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        using CancellationTokenSource source = new();
        TripwireStream transport = new(isClient ? pair.Client : pair.Server, at, source.Cancel);
        Task peer = PeerAsync(isClient ? pair.Server : pair.Client, !isClient, protocol);

        Exception thrown = await Thrown.SurelyByAsync(() => AuthenticateAsync(transport, overPipe, isClient, protocol, source.Token).Guarded());

        thrown.Should().BeAssignableTo<OperationCanceledException>("it was cancelled at byte {0}, over a pipe: {1}", at, overPipe);
        ((OperationCanceledException)thrown).CancellationToken.Should().Be(source.Token);
        transport.Disposes.Should().BePositive("it was cancelled at byte {0}, over a pipe: {1}", at, overPipe);
        await peer.Guarded();
    }

    private static Task<PipeConnection> AuthenticateAsync(Stream transport, bool overPipe, bool isClient, SslProtocols protocol, CancellationToken token)
    {
        if (!overPipe)
        {
            return isClient
                ? TlsConnection.AuthenticateAsClientAsync(transport, Client(protocol), options: null, token)
                : TlsConnection.AuthenticateAsServerAsync(transport, Server(protocol), options: null, token);
        }

        IDuplexPipe pipe = StreamConnection.Create(transport);
        return isClient
            ? TlsConnection.AuthenticateAsClientAsync(pipe, Client(protocol), options: null, token)
            : TlsConnection.AuthenticateAsServerAsync(pipe, Server(protocol), options: null, token);
    }

    /// <summary>The other side, which has to do with whatever it gets.</summary>
    private static async Task PeerAsync(Stream transport, bool isClient, SslProtocols protocol)
    {
        await using SslStream tls = new(transport);
        try
        {
            await HandshakeAsync(tls, isClient, protocol);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Its peer has gone in the middle: that is what is being tested.
        }
    }

    private static Task HandshakeAsync(SslStream tls, bool isClient, SslProtocols protocol) =>
        isClient ? tls.AuthenticateAsClientAsync(Client(protocol)) : tls.AuthenticateAsServerAsync(Server(protocol));

    // A session that is resumed shakes hands in fewer bytes than were counted.
    private static SslClientAuthenticationOptions Client(SslProtocols protocol)
    {
        SslClientAuthenticationOptions options = TlsOptions.Client(protocol);
        options.AllowTlsResume = false;
        return options;
    }

    private static SslServerAuthenticationOptions Server(SslProtocols protocol)
    {
        SslServerAuthenticationOptions options = TlsOptions.Server(protocol);
        options.AllowTlsResume = false;
        return options;
    }

    private static int OpenDescriptors()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Directory.GetFiles("/proc/self/fd").Length;
    }
}
#endif
