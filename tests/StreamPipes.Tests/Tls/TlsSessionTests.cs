#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls;

/// <summary>What was negotiated can be asked for, on both sides, also afterwards.</summary>
public sealed class TlsSessionTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_sides_know_what_was_negotiated_even_after_the_session(SslProtocols protocol)
    {
        TlsPair pair = await TlsPair.OverSocketsAsync(
            TlsOptions.Client(protocol, certificate: null, SslApplicationProtocol.Http2, TlsOptions.Echo), TlsOptions.Server(protocol, certificate: null, TlsOptions.Echo));
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);

        await pair.DisposeAsync();

        foreach (TlsSession tls in new[] { pair.Client.Tls!, pair.Server.Tls! })
        {
            tls.Protocol.Should().Be(protocol);
            tls.ApplicationProtocol.Should().Be(TlsOptions.Echo);
            tls.TargetHostName.Should().Be("localhost");
            tls.IsMutuallyAuthenticated.Should().BeFalse();
            tls.CipherSuite.Should().Be(pair.Client.Tls!.CipherSuite).And.NotBe(TlsCipherSuite.TLS_NULL_WITH_NULL_NULL);
        }

        pair.Client.Tls!.RemoteCertificate!.Subject.Should().Be("CN=localhost");
        pair.Server.Tls!.RemoteCertificate.Should().BeNull();
        pair.Client.Tls.Should().BeSameAs(pair.Client.Tls);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Client_certificates_make_a_session_mutual(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.OverSocketsAsync(TlsOptions.Client(protocol, IssuedCertificates.Client), TlsOptions.MutualServer(protocol));

        pair.Server.Tls!.RemoteCertificate!.Subject.Should().Be("CN=client");
        pair.Server.Tls.IsMutuallyAuthenticated.Should().BeTrue();
        pair.Client.Tls!.IsMutuallyAuthenticated.Should().BeTrue();
    }

    [Fact]
    public async Task A_client_certificate_that_is_optional_may_be_missing()
    {
        await using TlsPair pair = await TlsPair.OverSocketsAsync(TlsOptions.Client(), TlsOptions.MutualServer(isOptional: true));

        pair.Server.Tls!.RemoteCertificate.Should().BeNull();
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Without_ALPN_there_is_no_application_protocol()
    {
        await using TlsPair pair = await TlsPair.OverSocketsAsync();

        pair.Client.Tls!.ApplicationProtocol.Protocol.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task An_SslStream_wrapped_by_hand_tells_what_was_negotiated()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync(SslProtocols.Tls12);
        await using PipeConnection connection = StreamConnection.Create(pair.Client);

        connection.Tls!.Protocol.Should().Be(SslProtocols.Tls12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_negotiated_is_known_of_a_stream_that_was_detached_and_put_under_pipes_again(bool hasUnreadBytes)
    {
        await using StreamPair pair = await StreamPairs.TlsAsync(SslProtocols.Tls12);
        PipeConnection connection = StreamConnection.Create(pair.Client);
        for (int i = 0; i < 3; i++)
        {
            if (hasUnreadBytes)
            {
                await pair.Server.WriteAsync("unread"u8.ToArray()).Guarded();
                ReadResult result = await connection.Input.ReadAtLeastAsync(6 * (i + 1)).Guarded();
                connection.Input.AdvanceTo(result.Buffer.Start);
            }

            DetachedStream detached = await connection.DetachAsync().Guarded();
            detached.UnreadBytes.Should().Be(hasUnreadBytes ? 6 * (i + 1) : 0);
            connection = StreamConnection.Create(detached.Stream);
            connection.Tls!.Protocol.Should().Be(SslProtocols.Tls12);
        }

        connection.Abort();
        await connection.DisposeAsync().Guarded();
        connection.Tls.Should().NotBeNull("it was taken before the session ended");
    }

    [Fact]
    public async Task An_SslStream_wrapped_by_hand_may_first_be_asked_after_the_session()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync(SslProtocols.Tls12);
        PipeConnection connection = StreamConnection.Create(pair.Client);
        connection.Abort();
        await connection.DisposeAsync().Guarded();

        connection.Tls!.Protocol.Should().Be(SslProtocols.Tls12);
        connection.Tls.RemoteCertificate!.Subject.Should().Be("CN=localhost");
    }

    [Fact]
    public async Task A_stream_that_only_passes_for_authenticated_is_taken_whatever_it_tells_of_its_session()
    {
        PipeConnection connection = StreamConnection.Create(new PretendingSslStream(new ScriptedStream()));

        Record.Exception(() => connection.Tls).Should().BeNull();

        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_connection_without_TLS_has_no_session()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        await using PipeConnection connection = StreamConnection.Create(pair.Client);

        connection.Tls.Should().BeNull();
    }

    [Fact]
    public async Task A_connection_given_as_the_transport_is_detached_and_no_layer_is_paid_twice()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        CountingStream counted = new(pair.Client);
        PipeConnection transport = StreamConnection.Create(counted);
        await using TlsPair tls = await TlsPair.MeetAsync(
            TlsConnection.AuthenticateAsClientAsync((IDuplexPipe)transport, TlsOptions.Client()), TlsConnection.AuthenticateAsServerAsync(pair.Server, TlsOptions.Server()));

        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);

        await transport.Completion.Guarded();
        transport.CloseReason.Should().Be(CloseReason.Detached);
        Assert.Throws<InvalidOperationException>(() => transport.Input.TryRead(out _));
        counted.Disposes.Should().Be(0);
        tls.Client.CloseReason.Should().Be(CloseReason.None);
    }

    [Fact]
    public async Task A_connection_sends_what_it_was_given_before_TLS_starts()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeConnection transport = StreamConnection.Create(pair.Client);
        transport.Output.Put("STARTTLS\r\n"u8);
        Task<PipeConnection> connecting = TlsConnection.AuthenticateAsClientAsync(transport, TlsOptions.Client());
        byte[] command = new byte[10];
        await pair.Server.ReadExactlyAsync(command).Guarded();
        command.Should().Equal("STARTTLS\r\n"u8.ToArray());

        await using TlsPair tls = await TlsPair.MeetAsync(connecting, TlsConnection.AuthenticateAsServerAsync(pair.Server, TlsOptions.Server()));

        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
    }

    [Fact]
    public async Task Any_duplex_pipe_is_a_transport()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        await using TlsPair tls = await TlsPair.MeetAsync(
            TlsConnection.AuthenticateAsClientAsync(near, TlsOptions.Client()), TlsConnection.AuthenticateAsServerAsync(far, TlsOptions.Server()));

        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
        await tls.Client.Output.CompleteAsync().Guarded();
        await tls.Server.Input.ShouldEndAsync();
        await tls.Server.Output.WriteTextAsync("late");
        (await tls.Client.Input.ReadTextAsync(4)).Should().Be("late");
    }

    [Fact]
    public async Task TLS_runs_over_TLS()
    {
        TlsPair outer = await TlsPair.OverSocketsAsync();
        await using TlsPair inner = await TlsPair.MeetAsync(
            TlsConnection.AuthenticateAsClientAsync(outer.Client, TlsOptions.Client()), TlsConnection.AuthenticateAsServerAsync(outer.Server, TlsOptions.Server()));

        await PipeExtensions.ShouldTalkAsync(inner.Client, inner.Server);
        await inner.Client.Output.CompleteAsync().Guarded();
        await inner.Server.Input.ShouldEndAsync();
    }

    private sealed class PretendingSslStream(Stream carrier) : SslStream(carrier)
    {
        public override bool IsAuthenticated => true;

        public override bool CanRead => true;

        public override bool CanWrite => true;
    }
}
#endif
