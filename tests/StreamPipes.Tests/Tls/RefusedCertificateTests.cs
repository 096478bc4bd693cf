#if !LIBRARY_NETSTANDARD
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls;

/// <summary>Certificates that must be refused are, and the transport goes with the handshake.</summary>
public sealed class RefusedCertificateTests
{
    [Theory]
    [CombinatorialRefusals]
    public async Task A_client_refuses_a_server(string flaw, SslProtocols protocol)
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        CountingStream transport = new(pair.Client);
        Task<Exception?> server = Thrown.ByAsync(() => TlsConnection.AuthenticateAsServerAsync(pair.Server, TlsOptions.Server(protocol, IssuedCertificates.Refused(flaw))));

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.AuthenticateAsClientAsync(transport, TlsOptions.Client(protocol)).Guarded());

        transport.Disposes.Should().Be(1);
        await server.Guarded();
    }

    [Theory]
    [CombinatorialRefusals]
    public async Task A_client_over_a_socket_connection_refuses_a_server(string flaw, SslProtocols protocol)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection transport = SocketConnection.Create(client);
        Task<Exception?> accepting = Thrown.ByAsync(
            () => TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(server), TlsOptions.Server(protocol, IssuedCertificates.Refused(flaw))));

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.AuthenticateAsClientAsync(transport, TlsOptions.Client(protocol)).Guarded());

        transport.CloseReason.Should().Be(CloseReason.Detached);
        Assert.Throws<ObjectDisposedException>(() => client.Available);
        await accepting.Guarded();
    }

    [Theory]
    [InlineData(false, SslProtocols.Tls13)]
    [InlineData(false, SslProtocols.Tls12)]
    [InlineData(true, SslProtocols.Tls13)]
    [InlineData(true, SslProtocols.Tls12)]
    public async Task A_server_refuses_a_client_with_no_certificate_or_a_strangers(bool hasOne, SslProtocols protocol)
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        CountingStream transport = new(pair.Server);
        Task<Exception?> client = Thrown.ByAsync(() => ReadAsClientAsync(pair.Client, TlsOptions.Client(protocol, hasOne ? IssuedCertificates.UnknownClient : null)));

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.AuthenticateAsServerAsync(transport, TlsOptions.MutualServer(protocol)).Guarded());

        transport.Disposes.Should().Be(1);
        // What it is told depends on the platform: an alert, or no more than the end.
        await client.Guarded();
    }

    [Fact]
    public async Task Versions_that_do_not_meet_are_an_AuthenticationException()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        Task<Exception?> server = Thrown.ByAsync(() => TlsConnection.AuthenticateAsServerAsync(pair.Server, TlsOptions.Server(SslProtocols.Tls13)));

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.AuthenticateAsClientAsync(pair.Client, TlsOptions.Client(SslProtocols.Tls12)).Guarded());

        (await server.Guarded()).Should().BeOfType<AuthenticationException>();
    }

    /// <summary>A client of TLS 1.3 has ended its handshake before the server has looked at its certificate.</summary>
    private static async Task ReadAsClientAsync(Stream transport, SslClientAuthenticationOptions tls)
    {
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(transport, tls).Guarded();
        await connection.Input.ReadAsync().Guarded();
    }
}
#endif
