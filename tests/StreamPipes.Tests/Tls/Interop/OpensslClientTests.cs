#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary><c>openssl s_client</c> talks to a server of ours.</summary>
[Collection(nameof(RealServers))]
public sealed class OpensslClientTests : IDisposable
{
    private readonly PemFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_openssl_client_gets_its_echo_and_its_ALPN_and_its_close_is_an_orderly_end(SslProtocols protocol)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(TlsOptions.Server(protocol, certificate: null, TlsOptions.Echo), EchoAsync);
        Task<TlsSession> serving = server.ServeOneAsync();
        await using ExternalProcess openssl = Start(server, Versions.ForOpenssl(protocol), "-alpn", "h2,echo");
        (await openssl.WaitForOutputAsync("Verify return code: 0 (ok)")).Should().BeTrue(openssl.Error);

        await openssl.Input.WriteAsync("hello from openssl\n");
        await openssl.Input.FlushAsync();

        (await openssl.WaitForOutputAsync("hello from openssl")).Should().BeTrue();
        openssl.Input.Close();
        (await openssl.WaitForExitAsync()).ExitCode.Should().Be(0);
        openssl.Output.Should().Contain("ALPN protocol: echo").And.Contain(Versions.Name(protocol));
        TlsSession tls = await serving.Guarded();
        tls.Protocol.Should().Be(protocol);
        tls.ApplicationProtocol.Should().Be(TlsOptions.Echo);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_openssl_client_sees_our_half_close(SslProtocols protocol)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(TlsOptions.Server(protocol), async connection =>
        {
            await connection.Output.WriteTextAsync("that is all\n");
            await connection.Output.CompleteAsync();
            await connection.Input.ShouldEndAsync();
        });
        Task serving = server.ServeOneAsync();
        await using ExternalProcess openssl = Start(server, Versions.ForOpenssl(protocol));

        (await openssl.WaitForOutputAsync("closed")).Should().BeTrue(openssl.Error);

        (await openssl.WaitForExitAsync()).ExitCode.Should().Be(0);
        openssl.Output.Should().Contain("that is all");
        await serving.Guarded();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_openssl_client_shows_its_certificate(SslProtocols protocol)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(TlsOptions.MutualServer(protocol), EchoAsync);
        Task<TlsSession> serving = server.ServeOneAsync();
        await using ExternalProcess openssl = Start(
            server, Versions.ForOpenssl(protocol), "-cert", _files.CertificateOf(IssuedCertificates.Client), "-key", _files.KeyOf(IssuedCertificates.Client));

        await openssl.Input.WriteAsync("mutual\n");
        await openssl.Input.FlushAsync();
        (await openssl.WaitForOutputAsync("mutual")).Should().BeTrue(openssl.Error);
        openssl.Input.Close();

        TlsSession tls = await serving.Guarded();
        tls.RemoteCertificate!.Subject.Should().Be("CN=client");
        tls.IsMutuallyAuthenticated.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_openssl_client_without_a_certificate_is_let_in_only_where_that_is_optional(bool isOptional)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(TlsOptions.MutualServer(isOptional: isOptional), EchoAsync);
        Task<TlsSession> serving = server.ServeOneAsync();
        await using ExternalProcess openssl = Start(server);
        if (isOptional)
        {
            await openssl.Input.WriteAsync("anonymous\n");
            await openssl.Input.FlushAsync();
            (await openssl.WaitForOutputAsync("anonymous")).Should().BeTrue(openssl.Error);
            openssl.Input.Close();
            (await serving.Guarded()).RemoteCertificate.Should().BeNull();
        }
        else
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => serving.Guarded());
        }
    }

    [Fact]
    public async Task An_openssl_client_refuses_a_certificate_and_our_handshake_fails()
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(TlsOptions.Server(certificate: IssuedCertificates.Expired), EchoAsync);
        Task serving = server.ServeOneAsync();
        await using ExternalProcess openssl = Start(server);

        Exception thrown = await Thrown.SurelyByAsync(() => serving.Guarded());

        (thrown is AuthenticationException or IOException).Should().BeTrue(thrown.ToString());
        (await openssl.WaitForExitAsync()).ExitCode.Should().NotBe(0);
        openssl.Error.Should().Contain("certificate has expired");
    }

    private static Task EchoAsync(PipeConnection connection) => connection.Input.CopyToAsync(connection.Output);

    private ExternalProcess Start(LoopbackTlsServer server, params string[] more)
    {
        ExternalProgram.Require("openssl", "openssl");
        return ExternalProcess.Start(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{server.Port}", "-servername", "localhost", "-verify_hostname", "localhost", "-CAfile", _files.Authority, "-verify_return_error", .. more]);
    }
}
#endif
