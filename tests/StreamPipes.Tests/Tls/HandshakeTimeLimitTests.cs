#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Tls;

/// <summary>Handshakes with a peer that says nothing, nonsense, or goodbye.</summary>
public sealed class HandshakeTimeLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_peer_that_never_answers_is_given_up_after_HandshakeTimeout(bool isClient, bool ignoresTokens)
    {
        ManualTimeProvider clock = new();
        ScriptedStream transport = new() { IgnoresTokens = ignoresTokens };
        Task<PipeConnection> handshake = AuthenticateAsync(transport, isClient, new PipeConnectionOptions { HandshakeTimeout = Limit, TimeProvider = clock });
        await clock.WaitForTimersAsync(1).Guarded();

        clock.Advance(Limit - TimeSpan.FromTicks(1));
        handshake.IsCompleted.Should().BeFalse();
        clock.Advance(TimeSpan.FromTicks(1));

        (await Assert.ThrowsAsync<TimeoutException>(() => handshake.Guarded())).Message.Should().Contain("00:00:03");
        await transport.Disposed.Guarded();
        clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task HandshakeTimeout_covers_what_a_connection_has_yet_to_send_before_the_handshake()
    {
        ManualTimeProvider clock = new();
        ScriptedStream transport = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(transport);
        connection.Output.Put("EHLO"u8);
        Task<PipeConnection> handshake = TlsConnection.AuthenticateAsClientAsync(connection, TlsOptions.Client(), new PipeConnectionOptions { HandshakeTimeout = Limit, TimeProvider = clock });
        await transport.GetCalledTask(StreamOperation.Write).Guarded();

        await clock.AdvanceUntilAsync(handshake);

        await Assert.ThrowsAsync<TimeoutException>(() => handshake);
        await transport.Disposed.Guarded();
    }

    [Fact]
    public async Task No_timer_is_left_when_the_handshake_has_ended()
    {
        ManualTimeProvider clock = new();
        PipeConnectionOptions options = new() { HandshakeTimeout = Limit, TimeProvider = clock };
        await using StreamPair pair = await StreamPairs.TcpAsync();
        await using TlsPair tls = await TlsPair.MeetAsync(AuthenticateAsync(pair.Client, isClient: true, options), AuthenticateAsync(pair.Server, isClient: false, options));

        clock.ArmedTimers.Should().Be(0);
        clock.Advance(Limit);
        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nonsense_instead_of_TLS_is_an_error_and_the_transport_is_let_go(bool isClient)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            ScriptedStream transport = new ScriptedStream().Read(Payload.Seeded(2000, seed)).Eof();

            Exception thrown = await Thrown.SurelyByAsync(() => AuthenticateAsync(transport, isClient).Guarded());

            (thrown is AuthenticationException or IOException).Should().BeTrue("seed {0} gave {1}", seed, thrown);
            await transport.Disposed.Guarded();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plain_text_peer_fails_the_handshake(bool isClient)
    {
        ScriptedStream transport = new ScriptedStream().Read("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").Eof();

        Exception thrown = await Thrown.SurelyByAsync(() => AuthenticateAsync(transport, isClient).Guarded());

        (thrown is AuthenticationException or IOException).Should().BeTrue(thrown.ToString());
        await transport.Disposed.Guarded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_closes_at_once_fails_the_handshake_with_an_IOException(bool isClient)
    {
        ScriptedStream transport = new ScriptedStream().Eof();

        await Assert.ThrowsAnyAsync<IOException>(() => AuthenticateAsync(transport, isClient).Guarded());

        await transport.Disposed.Guarded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_of_the_transport_is_thrown_unwrapped_by_the_handshake(bool isClient)
    {
        IOException error = new("The cable is out.");
        ScriptedStream transport = new ScriptedStream().ReadError(error);

        (await Assert.ThrowsAnyAsync<IOException>(() => AuthenticateAsync(transport, isClient).Guarded())).Should().BeSameAs(error);

        await transport.Disposed.Guarded();
    }

    private static Task<PipeConnection> AuthenticateAsync(Stream transport, bool isClient, PipeConnectionOptions? options = null) => isClient
        ? TlsConnection.AuthenticateAsClientAsync(transport, TlsOptions.Client(), options)
        : TlsConnection.AuthenticateAsServerAsync(transport, TlsOptions.Server(), options);
}
#endif
