#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>A client of ours talks to <c>openssl s_server</c>, which sends every line back, reversed.</summary>
[Collection(nameof(RealServers))]
public sealed class OpensslServerTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_openssl_server_answers_and_agrees_on_ALPN(SslProtocols protocol)
    {
        await using ForeignTlsServer server = await StartAsync(TestCertificates.Server, "-rev", Versions.ForOpenssl(protocol), "-alpn", "echo");
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(
            await server.ConnectAsync(), TlsOptions.Client(protocol, certificate: null, TlsOptions.Echo)).Guarded();

        connection.Tls!.Protocol.Should().Be(protocol);
        connection.Tls.ApplicationProtocol.Should().Be(TlsOptions.Echo);
        for (int i = 0; i < 100; i++)
        {
            await connection.Output.WriteTextAsync("stressed\n");
            (await connection.Input.ReadTextAsync(9)).Should().Be("desserts\n");
        }

        await connection.Output.CompleteAsync().Guarded();
        await connection.Input.ShouldEndAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_openssl_server_is_shown_our_client_certificate(SslProtocols protocol)
    {
        await using ForeignTlsServer server = await StartAsync(TestCertificates.Server, "-rev", Versions.ForOpenssl(protocol), "-Verify", "1", "-verify_return_error");
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(
            await server.ConnectAsync(), TlsOptions.Client(protocol, IssuedCertificates.Client)).Guarded();

        await connection.Output.WriteTextAsync("stressed\n");
        (await connection.Input.ReadTextAsync(9)).Should().Be("desserts\n");
        connection.Tls!.IsMutuallyAuthenticated.Should().BeTrue();
        await connection.Output.CompleteAsync().Guarded();
        await connection.Input.ShouldEndAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_certificate_that_an_openssl_server_misses_is_an_error_of_the_handshake_or_of_the_first_read(SslProtocols protocol)
    {
        await using ForeignTlsServer server = await StartAsync(TestCertificates.Server, "-rev", Versions.ForOpenssl(protocol), "-Verify", "1", "-verify_return_error");
        PipeConnection transport = await server.ConnectAsync();

        // In TLS 1.3 the client's handshake ends before the server has looked.
        Exception thrown = await Thrown.SurelyByAsync(async () =>
        {
            await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(transport, TlsOptions.Client(protocol)).Guarded();
            await connection.Input.ReadAsync().Guarded();
        });

        (thrown is AuthenticationException or IOException).Should().BeTrue(thrown.ToString());
    }

    [Theory]
    [CombinatorialRefusals]
    public async Task The_certificate_of_an_openssl_server_is_refused(string flaw, SslProtocols protocol)
    {
        await using ForeignTlsServer server = await StartAsync(IssuedCertificates.Refused(flaw), "-rev", Versions.ForOpenssl(protocol));
        PipeConnection transport = await server.ConnectAsync();
        CountingStream counted = new((await transport.DetachAsync().Guarded()).Stream);

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.AuthenticateAsClientAsync(counted, TlsOptions.Client(protocol)).Guarded());

        counted.Disposes.Should().Be(1);
    }

    [Fact]
    public async Task A_version_that_an_openssl_server_does_not_talk_is_an_AuthenticationException()
    {
        await using ForeignTlsServer server = await StartAsync(TestCertificates.Server, "-rev", "-tls1_3");
        PipeConnection transport = await server.ConnectAsync();

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsConnection.AuthenticateAsClientAsync(transport, TlsOptions.Client(SslProtocols.Tls12)).Guarded());
    }

    [Fact]
    public async Task The_end_of_an_openssl_server_killed_in_mid_connection_is_seen()
    {
        await using ForeignTlsServer server = await StartAsync(TestCertificates.Server, "-rev");
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(await server.ConnectAsync(), TlsOptions.Client()).Guarded();
        await connection.Output.WriteTextAsync("stressed\n");
        (await connection.Input.ReadTextAsync(9)).Should().Be("desserts\n");

        await ExternalProcess.RunAsync("kill", ["-KILL", server.Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await server.Process.WaitForExitAsync();

        // The system closes its socket without close_notify: documented to read as the end.
        await connection.Input.ShouldEndAsync();
    }

    private static Task<ForeignTlsServer> StartAsync(X509Certificate2 certificate, params string[] more)
    {
        ExternalProgram.Require("openssl", "openssl");
        return ForeignTlsServer.StartAsync(
            "openssl",
            files => ["s_server", "-accept", "127.0.0.1:0", "-cert", files.CertificateOf(certificate), "-key", files.KeyOf(certificate), "-CAfile", files.Authority, .. more],
            "ACCEPT ");
    }
}
#endif
