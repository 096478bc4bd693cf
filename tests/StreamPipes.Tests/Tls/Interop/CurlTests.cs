#if !LIBRARY_NETSTANDARD
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary><c>curl</c> fetches from a tiny HTTP server of ours.</summary>
[Collection(nameof(RealServers))]
public sealed class CurlTests : IDisposable
{
    private static readonly byte[] Page = Encoding.ASCII.GetBytes(Convert.ToBase64String(Payload.Seeded(1_000_000)));

    private readonly PemFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls13, false)]
    public async Task Curl_gets_a_page_whose_end_is_told_by_its_length_or_by_our_close(SslProtocols protocol, bool tellsLength)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(
            TlsOptions.Server(protocol, certificate: null, SslApplicationProtocol.Http11), connection => AnswerAsync(connection, tellsLength));
        Task<TlsSession> serving = server.ServeOneAsync();

        ProcessResult curl = await RunAsync(server, [.. Versions.ForCurl(protocol), "--http1.1"]);

        // Exit code 56 would be a missing close_notify.
        curl.ExitCode.Should().Be(0, curl.Error);
        Payload.HashOf(Encoding.ASCII.GetBytes(curl.Output)).Should().Be(Payload.HashOf(Page));
        TlsSession tls = await serving.Guarded();
        tls.Protocol.Should().Be(protocol);
        tls.ApplicationProtocol.Should().Be(SslApplicationProtocol.Http11);
        tls.TargetHostName.Should().Be("localhost");
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Curl_shows_its_certificate(SslProtocols protocol)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(TlsOptions.MutualServer(protocol), connection => AnswerAsync(connection, tellsLength: true));
        Task<TlsSession> serving = server.ServeOneAsync();

        ProcessResult curl = await RunAsync(
            server, [.. Versions.ForCurl(protocol), "--cert", _files.CertificateOf(IssuedCertificates.Client), "--key", _files.KeyOf(IssuedCertificates.Client)]);

        curl.ExitCode.Should().Be(0, curl.Error);
        (await serving.Guarded()).RemoteCertificate!.Subject.Should().Be("CN=client");
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("wrong name")]
    [InlineData("unknown authority")]
    public async Task Curl_refuses_a_certificate(string flaw)
    {
        await using LoopbackTlsServer server = LoopbackTlsServer.Start(
            TlsOptions.Server(certificate: IssuedCertificates.Refused(flaw)), connection => AnswerAsync(connection, tellsLength: true));
        Task<Exception?> serving = Thrown.ByAsync(server.ServeOneAsync);

        ProcessResult curl = await RunAsync(server, []);

        curl.ExitCode.Should().Be(60, curl.Error);
        (await serving.Guarded()).Should().Match<Exception>(e => e is AuthenticationException || e is IOException);
    }

    private static async Task AnswerAsync(PipeConnection connection, bool tellsLength)
    {
        string head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) head += await connection.Input.ReadTextAsync(1);
        head.Should().StartWith("GET /page HTTP/1.1\r\n");
        string length = tellsLength ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Page.Length}\r\n") : "";
        await connection.Output.WriteTextAsync($"HTTP/1.1 200 OK\r\nConnection: close\r\n{length}\r\n");
        await connection.Output.WriteAsync(Page);
        await connection.Output.CompleteAsync();
        await connection.Input.ShouldEndAsync();
    }

    private Task<ProcessResult> RunAsync(LoopbackTlsServer server, string[] more)
    {
        ExternalProgram.Require("curl", "curl");
        return ExternalProcess.RunAsync(
            "curl",
            ["--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--cacert", _files.Authority, "--resolve", $"localhost:{server.Port}:127.0.0.1", .. more, $"https://localhost:{server.Port}/page"]);
    }
}
#endif
