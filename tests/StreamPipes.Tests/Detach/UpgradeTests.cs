#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;
using System.Security.Authentication;
using StreamPipes.Tests.Tls;

namespace StreamPipes.Tests.Detach;

/// <summary>STARTTLS in one call on each side, and whatever comes in the clear where the handshake was to begin.</summary>
public sealed class UpgradeTests
{
    private static readonly byte[] GoAhead = "220 go ahead\r\n"u8.ToArray();

    [Theory]
    [InlineData("a socket")]
    [InlineData("a stream")]
    [InlineData("an unknown stream")]
    public async Task Both_sides_upgrade_in_one_call_and_talk_inside_TLS(string carrier)
    {
        (PipeConnection plainClient, PipeConnection plainServer) = await PlainAsync(carrier);
        Task<PipeConnection> serving = ServeAsync(plainServer);
        Task<PipeConnection> upgrading = UpgradeAsync(plainClient);

        await using TlsPair tls = await TlsPair.MeetAsync(upgrading, serving);

        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
        plainClient.CloseReason.Should().Be(CloseReason.Detached);
        plainServer.CloseReason.Should().Be(CloseReason.Detached);
    }

    [Fact]
    public async Task What_the_server_wrote_before_goes_out_before_the_go_ahead()
    {
        (PipeConnection client, PipeConnection server) = await PlainAsync("a socket");
        server.Output.Put("250 first\r\n"u8);
        Task<PipeConnection> serving = TlsConnection.UpgradeAsServerAsync(server, GoAhead, TlsOptions.Server());

        (await client.Input.ReadLineAsync()).Should().Be("250 first");
        (await client.Input.ReadLineAsync()).Should().Be("220 go ahead");

        await using TlsPair tls = await TlsPair.MeetAsync(TlsConnection.UpgradeAsClientAsync(client, TlsOptions.Client()), serving);
    }

    [Fact]
    public async Task A_protocol_without_a_go_ahead_upgrades_as_well()
    {
        (PipeConnection client, PipeConnection server) = await PlainAsync("a socket");

        await using TlsPair tls = await TlsPair.MeetAsync(
            TlsConnection.UpgradeAsClientAsync(client, TlsOptions.Client()), TlsConnection.UpgradeAsServerAsync(server, goAhead: default, TlsOptions.Server()));

        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
    }

    [Fact]
    public async Task A_command_injected_behind_STARTTLS_is_refused_before_the_go_ahead()
    {
        (PipeConnection attacker, PipeConnection server) = await PlainAsync("a socket");
        Task<PipeConnection> serving = ServeAsync(server);

        await attacker.Output.WriteTextAsync("STARTTLS\r\nMAIL FROM:<mallory@test>\r\n");

        AuthenticationException thrown = await Assert.ThrowsAsync<AuthenticationException>(() => serving.Guarded());
        thrown.Message.Should().StartWith("The peer sent 26 bytes in the clear");
        await attacker.Input.ShouldEndAsync();
        await attacker.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task An_answer_injected_behind_the_go_ahead_is_refused_before_the_handshake()
    {
        (PipeConnection client, PipeConnection attacker) = await PlainAsync("a socket");
        Task<PipeConnection> upgrading = UpgradeAsync(client);
        (await attacker.Input.ReadLineAsync()).Should().Be("STARTTLS");

        await attacker.Output.WriteTextAsync("220 go ahead\r\n250 all yours\r\n");

        AuthenticationException thrown = await Assert.ThrowsAsync<AuthenticationException>(() => upgrading.Guarded());
        thrown.Message.Should().StartWith("The peer sent 15 bytes in the clear");
        await attacker.Input.ShouldEndAsync();
        await attacker.DisposeAsync().Guarded();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task A_command_injected_after_the_go_ahead_fails_the_handshake(int length)
    {
        (PipeConnection attacker, PipeConnection server) = await PlainAsync("a socket");
        Task<PipeConnection> serving = ServeAsync(server);
        await attacker.Output.WriteLineAsync("STARTTLS");
        (await attacker.Input.ReadLineAsync()).Should().Be("220 go ahead");

        await attacker.Output.WriteLineAsync(new string('M', length));
        await attacker.Output.CompleteAsync().Guarded();

        (await Thrown.SurelyByAsync(() => serving.Guarded())).Should().Match(e => e is AuthenticationException || e is IOException);
        attacker.Abort();
    }

    [Fact]
    public async Task An_injected_connection_is_disposed_and_its_stream_is_written_nothing()
    {
        ScriptedStream stream = new ScriptedStream().Read("STARTTLS\r\nRSET\r\n");
        PipeConnection server = StreamConnection.Create(stream);
        (await server.Input.ReadLineAsync()).Should().Be("STARTTLS");

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.UpgradeAsServerAsync(server, GoAhead, TlsOptions.Server()).Guarded());

        stream.Calls(StreamOperation.Write).Should().Be(0);
        await stream.Disposed.Guarded();
    }

    [Fact]
    public async Task A_go_ahead_that_is_not_taken_is_given_up_by_the_token_and_the_stream_is_disposed()
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Hold(StreamOperation.Write);
        PipeConnection server = StreamConnection.Create(stream);
        using CancellationTokenSource source = new();
        Task<PipeConnection> serving = TlsConnection.UpgradeAsServerAsync(server, GoAhead, TlsOptions.Server(), options: null, source.Token);
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.Guarded())).CancellationToken.Should().Be(source.Token);
        await stream.Disposed.Guarded();
    }

    [Fact]
    public async Task A_go_ahead_that_is_not_taken_is_given_up_after_the_HandshakeTimeout()
    {
        ManualTimeProvider clock = new();
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection server = StreamConnection.Create(stream);
        Task<PipeConnection> serving = TlsConnection.UpgradeAsServerAsync(server, GoAhead, TlsOptions.Server(), new PipeConnectionOptions { TimeProvider = clock, HandshakeTimeout = TimeSpan.FromSeconds(3) });
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        clock.Advance(TimeSpan.FromSeconds(4));

        await Assert.ThrowsAsync<TimeoutException>(() => serving.Guarded());
        await stream.Disposed.Guarded();
    }

    [Fact]
    public async Task A_go_ahead_that_cannot_be_sent_throws_the_streams_own_exception()
    {
        IOException gone = new("The client has gone.");
        ScriptedStream stream = new ScriptedStream().Fail(StreamOperation.Write, gone);

        Exception thrown = await Thrown.SurelyByAsync(() => TlsConnection.UpgradeAsServerAsync(StreamConnection.Create(stream), GoAhead, TlsOptions.Server()).Guarded());

        thrown.Should().BeSameAs(gone);
        await stream.Disposed.Guarded();
    }

    [Fact]
    public async Task Bytes_that_were_not_given_back_are_the_callers_mistake()
    {
        ScriptedStream stream = new ScriptedStream().Read("STARTTLS\r\n");
        PipeConnection server = StreamConnection.Create(stream);
        await server.Input.ReadAsync().Guarded();

        await Assert.ThrowsAsync<InvalidOperationException>(() => TlsConnection.UpgradeAsServerAsync(server, GoAhead, TlsOptions.Server()).Guarded());

        await stream.Disposed.Guarded();
    }

    [Fact]
    public async Task Two_one_way_streams_cannot_be_upgraded()
    {
        PipeConnection server = StreamConnection.Create(new ScriptedStream(), new ScriptedStream());

        await Assert.ThrowsAsync<NotSupportedException>(() => TlsConnection.UpgradeAsServerAsync(server, GoAhead, TlsOptions.Server()).Guarded());
    }

    [Fact]
    public void Wrong_arguments_are_named_at_once()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream());
        PipeConnectionOptions leaving = new() { LeaveOpen = true };

        Assert.Throws<ArgumentNullException>("connection", () => { _ = TlsConnection.UpgradeAsServerAsync(null!, GoAhead, TlsOptions.Server()); });
        Assert.Throws<ArgumentNullException>("connection", () => { _ = TlsConnection.UpgradeAsClientAsync(null!, TlsOptions.Client()); });
        Assert.Throws<ArgumentNullException>("tls", () => { _ = TlsConnection.UpgradeAsServerAsync(connection, GoAhead, null!); });
        Assert.Throws<ArgumentNullException>("tls", () => { _ = TlsConnection.UpgradeAsClientAsync(connection, null!); });
        Assert.Throws<ArgumentException>("options", () => { _ = TlsConnection.UpgradeAsServerAsync(connection, GoAhead, TlsOptions.Server(), leaving); });
        Assert.Throws<ArgumentException>("options", () => { _ = TlsConnection.UpgradeAsClientAsync(connection, TlsOptions.Client(), leaving); });
        connection.CloseReason.Should().Be(CloseReason.None);
    }

    private static async Task<PipeConnection> ServeAsync(PipeConnection plain)
    {
        (await plain.Input.ReadLineAsync()).Should().Be("STARTTLS");
        return await TlsConnection.UpgradeAsServerAsync(plain, GoAhead, TlsOptions.Server());
    }

    private static async Task<PipeConnection> UpgradeAsync(PipeConnection plain)
    {
        await plain.Output.WriteLineAsync("STARTTLS");
        (await plain.Input.ReadLineAsync()).Should().Be("220 go ahead");
        return await TlsConnection.UpgradeAsClientAsync(plain, TlsOptions.Client());
    }

    private static async Task<(PipeConnection Client, PipeConnection Server)> PlainAsync(string carrier)
    {
        if (string.Equals(carrier, "an unknown stream", StringComparison.Ordinal))
        {
            (MemoryDuplexStream one, MemoryDuplexStream other) = MemoryDuplexStream.CreatePair();
            return (StreamConnection.Create(one), StreamConnection.Create(other));
        }

        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return string.Equals(carrier, "a socket", StringComparison.Ordinal)
            ? (SocketConnection.Create(client), SocketConnection.Create(server))
            : (StreamConnection.Create(new NetworkStream(client, ownsSocket: true)), StreamConnection.Create(new NetworkStream(server, ownsSocket: true)));
    }
}
#endif
