#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using StreamPipes.Tests.Tls;
using StreamPipes.Tests.Tls.Interop;

namespace StreamPipes.Tests.Hostile;

/// <summary>A client that wants to begin anew in the middle of a session: <c>openssl s_client</c> does, told by a line of one letter.</summary>
[Collection(nameof(RealServers))]
public sealed class RenegotiationTests : IDisposable
{
    private readonly PemFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task TLS_1_2_renegotiation_is_an_error_and_nothing_hangs()
    {
        SslServerAuthenticationOptions tls = TlsOptions.Server(SslProtocols.Tls12);
        tls.AllowRenegotiation = false;
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(tls, EchoAsync);
        Task<TlsSession> serving = server.ServeOneAsync();
        await using ExternalProcess openssl = await TalkAsync(server, SslProtocols.Tls12);

        await SayAsync(openssl, "R");

        (await openssl.WaitForOutputAsync("RENEGOTIATING")).Should().BeTrue();
        await Assert.ThrowsAnyAsync<IOException>(() => serving.Guarded());
        (await openssl.WaitForExitAsync()).ExitCode.Should().NotBe(0);
    }

    [Theory]
    [InlineData("K")]
    [InlineData("k")]
    public async Task A_key_update_of_TLS_1_3_goes_unnoticed(string command)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(TlsOptions.Server(SslProtocols.Tls13), EchoAsync);
        Task<TlsSession> serving = server.ServeOneAsync();
        await using ExternalProcess openssl = await TalkAsync(server, SslProtocols.Tls13);

        await SayAsync(openssl, command);
        (await openssl.WaitForOutputAsync("KEYUPDATE")).Should().BeTrue();
        await SayAsync(openssl, "after the update");

        (await openssl.WaitForOutputAsync("after the update")).Should().BeTrue();
        openssl.Input.Close();
        await serving.Guarded();
    }

    private static Task EchoAsync(PipeConnection connection) => connection.Input.CopyToAsync(connection.Output);

    private static async Task SayAsync(ExternalProcess openssl, string line)
    {
        await openssl.Input.WriteAsync(line + "\n");
        await openssl.Input.FlushAsync();
    }

    private async Task<ExternalProcess> TalkAsync(LoopbackTlsServer server, SslProtocols protocol)
    {
        ExternalProgram.Require("openssl", "openssl");

        // It tells of commands on its standard error, which is put in line with the rest.
        string command = $"exec openssl s_client -connect 127.0.0.1:{server.Port} -servername localhost -CAfile '{_files.Authority}' {Versions.ForOpenssl(protocol)} 2>&1";
        ExternalProcess openssl = ExternalProcess.Start("sh", "-c", command);
        (await openssl.WaitForOutputAsync("Verify return code: 0 (ok)")).Should().BeTrue(openssl.Output);
        await SayAsync(openssl, "before");
        (await openssl.WaitForOutputAsync("before")).Should().BeTrue(openssl.Output);
        return openssl;
    }
}
#endif
