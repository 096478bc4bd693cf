#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls;

/// <summary>A server that chooses its certificate by the name that the client asks for (SNI).</summary>
public sealed class ServerNameTests
{
    [Theory]
    [InlineData("localhost", false)]
    [InlineData("localhost", true)]
    [InlineData("elsewhere.example", false)]
    [InlineData("elsewhere.example", true)]
    public async Task Each_name_gets_its_own_certificate(string name, bool overPipe)
    {
        SslClientAuthenticationOptions client = TlsOptions.Client();
        client.TargetHost = name;

        await using TlsPair tls = await MeetAsync(client, Select, overPipe);

        tls.Client.Tls!.RemoteCertificate!.Subject.Should().Be($"CN={name}");
        tls.Server.Tls!.TargetHostName.Should().Be(name);
        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
    }

    [Fact]
    public async Task The_options_may_come_later()
    {
        Gate gate = new();
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        Task<PipeConnection> accepting = TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(server), async (stream, hello, state, token) =>
        {
            await gate.WaitAsync(token);
            return await Select(stream, hello, state, token);
        });
        Task<PipeConnection> connecting = TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), TlsOptions.Client());
        await gate.Called.Guarded();
        accepting.IsCompleted.Should().BeFalse();

        gate.Release();

        await using TlsPair tls = await TlsPair.MeetAsync(connecting, accepting);
        await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);
    }

    [Fact]
    public async Task What_the_choice_throws_is_thrown_and_the_transport_is_closed()
    {
        InvalidDataException unknown = new("No such name here.");
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        Task<PipeConnection> accepting = TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(server), (_, _, _, _) => throw unknown);
        Task<PipeConnection> connecting = TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), TlsOptions.Client());

        (await Thrown.SurelyByAsync(() => accepting.Guarded())).Should().BeSameAs(unknown);

        (await Thrown.SurelyByAsync(() => connecting.Guarded())).Should().Match(e => e is AuthenticationException || e is IOException);
    }

    [Fact]
    public async Task A_choice_that_never_comes_is_given_up_with_the_handshake()
    {
        Gate gate = new();
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using CancellationTokenSource source = new();
        Task<PipeConnection> accepting = TlsConnection.AuthenticateAsServerAsync(
            SocketConnection.Create(server),
            async (_, _, _, token) =>
            {
                await gate.WaitAsync(token);
                return TlsOptions.Server();
            },
            options: null,
            source.Token);
        Task<PipeConnection> connecting = TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), TlsOptions.Client());
        await gate.Called.Guarded();

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.Guarded())).CancellationToken.Should().Be(source.Token);
        await Thrown.SurelyByAsync(() => connecting.Guarded());
    }

    [Fact]
    public void A_missing_choice_is_named_and_the_transport_is_left_alone()
    {
        ScriptedStream stream = new();

        Assert.Throws<ArgumentNullException>("selectTls", () => { _ = TlsConnection.AuthenticateAsServerAsync(stream, (ServerOptionsSelectionCallback)null!); });
        Assert.Throws<ArgumentNullException>("selectTls", () => { _ = TlsConnection.AuthenticateAsServerAsync(DuplexPipe.CreatePair().Item1, (ServerOptionsSelectionCallback)null!); });
        Assert.Throws<ArgumentNullException>("transport", () => { _ = TlsConnection.AuthenticateAsServerAsync((IDuplexPipe)null!, Select); });
        stream.IsDisposed.Should().BeFalse();
    }

    private static ValueTask<SslServerAuthenticationOptions> Select(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancellationToken) =>
        new(string.Equals(hello.ServerName, "localhost", StringComparison.Ordinal) ? TlsOptions.Server() : TlsOptions.Server(certificate: IssuedCertificates.WrongName));

    private static async Task<TlsPair> MeetAsync(SslClientAuthenticationOptions tls, ServerOptionsSelectionCallback select, bool overPipe)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return await TlsPair.MeetAsync(
            TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), tls),
            overPipe
                ? TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(server), select)
                : TlsConnection.AuthenticateAsServerAsync(new NetworkStream(server, ownsSocket: true), select));
    }
}
#endif
