using System.Globalization;
using System.Net;
using System.Text;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Samples.Tests.DocsPrograms;

/// <summary>The whole programs of the docs: as short as they claim to be, and right, in the eyes of programs that no one here wrote.</summary>
[Collection(nameof(RealServers))]
public sealed class DocsProgramsTests
{
    private const string LineServer = "docs/how-to/server.md";
    private const string MailServer = "docs/how-to/starttls.md";
    private const string Proxy = "docs/how-to/relay.md";

    [Theory]
    [InlineData(LineServer, 11)]
    [InlineData(MailServer, 31)]
    [InlineData(Proxy, 11)]
    public void A_program_of_the_docs_has_at_most_so_many_lines(string page, int most) => DocsProgram.LinesOf(DocsProgram.Of(page)).Should().BeLessThanOrEqualTo(most);

    [Fact]
    public void Every_program_of_the_docs_is_tested_here() =>
        MarkdownPage.All.SelectMany(page => page.Programs).Select(program => program.Page).Should().Equal(Proxy, LineServer, MailServer);

    [Fact]
    public async Task Nc_gets_its_lines_back_from_the_line_server_of_the_docs()
    {
        ExternalProgram.Require("nc", "netcat-openbsd");
        await using DocsProgram program = await DocsProgram.StartAsync(LineServer);
        string lines = string.Concat(Enumerable.Range(0, 1000).Select(i => FormattableString.Invariant($"line {i}\n")));
        ProcessResult result = await ExternalProcess.RunAsync("nc", ["-N", "127.0.0.1", program.PortText], lines);
        result.Output.Should().Be(lines);
        result.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_line_that_is_too_long_ends_its_client_of_the_line_server_of_the_docs_and_no_other()
    {
        ExternalProgram.Require("nc", "netcat-openbsd");
        await using DocsProgram program = await DocsProgram.StartAsync(LineServer);
        await using ExternalProcess other = ExternalProcess.Start("nc", "-N", "127.0.0.1", program.PortText);
        await other.Input.WriteAsync("before\n");
        await other.Input.FlushAsync();
        (await other.WaitForOutputAsync("before\n")).Should().BeTrue(other.Error);

        ProcessResult result = await ExternalProcess.RunAsync("nc", ["-N", "127.0.0.1", program.PortText], new string('x', 5000) + "\n");
        result.Output.Should().BeEmpty();

        await other.Input.WriteAsync("after\n");
        await other.Input.FlushAsync();
        (await other.WaitForOutputAsync("after\n")).Should().BeTrue(other.Error);
    }

    [Fact]
    public async Task Smtplib_sends_its_mail_over_TLS_to_the_mail_server_of_the_docs()
    {
        await using DocsProgram program = await DocsProgram.StartAsync(MailServer);
        ProcessResult result = await RunSmtplibAsync(program, """
            smtp.starttls(context=context)
            smtp.sendmail("from@mail.example", ["to@mail.example"], "Subject: hello\r\n\r\n.a dot\r\n..\r\nthe end\r\n")
            smtp.sendmail("from@mail.example", ["to@mail.example"], "Subject: again\r\n\r\n")
            """);
        result.Error.Should().BeEmpty();
        result.ExitCode.Should().Be(0);
        (await program.Process.WaitForOutputAsync("Subject: again\n\n")).Should().BeTrue();
        program.Process.Output.Should().EndWith("\nSubject: hello\n\n.a dot\n..\nthe end\nSubject: again\n\n");
    }

    [Fact]
    public async Task Smtplib_sends_no_mail_in_the_clear_to_the_mail_server_of_the_docs()
    {
        await using DocsProgram program = await DocsProgram.StartAsync(MailServer);
        ProcessResult result = await RunSmtplibAsync(program, """smtp.sendmail("from@mail.example", ["to@mail.example"], "Subject: hello\r\n\r\n")""");
        result.ExitCode.Should().Be(1);
        result.Error.Should().Contain("SMTPSenderRefused: (530, b'STARTTLS first'");
        program.Process.Output.Should().NotContain("Subject");
    }

    [Fact]
    public async Task Openssl_does_STARTTLS_with_the_mail_server_of_the_docs()
    {
        ExternalProgram.Require("openssl", "openssl");
        await using DocsProgram program = await DocsProgram.StartAsync(MailServer);
        await using ExternalProcess openssl = ExternalProcess.Start(
            "openssl", "s_client", "-quiet", "-crlf", "-starttls", "smtp", "-connect", $"127.0.0.1:{program.PortText}", "-servername", "localhost", "-verify_hostname", "localhost", "-CAfile", program.Authority, "-verify_return_error");
        await openssl.Input.WriteAsync("EHLO client.example\nSTARTTLS\nQUIT\n");
        await openssl.Input.FlushAsync();
        (await openssl.WaitForOutputAsync("250 mail.example\r\n502 not implemented\r\n221 bye\r\n")).Should().BeTrue(openssl.Error);
    }

    [Fact]
    public async Task A_command_behind_STARTTLS_is_never_taken_for_one_of_the_session_by_the_mail_server_of_the_docs()
    {
        await using DocsProgram program = await DocsProgram.StartAsync(MailServer);
        await using PipeConnection client = await SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, program.Port)).Guarded();
        (await client.Input.ReadTextAsync(24)).Should().Be("220 mail.example ESMTP\r\n");
        await client.Output.WriteTextAsync("STARTTLS\r\nMAIL FROM:<mallory@mail.example>\r\n");
        using MemoryStream answer = new();
        await Thrown.ByAsync(() => client.Input.CopyToAsync(answer).Guarded());
        answer.ToArray().Should().BeEmpty("the server does not even go ahead");
    }

    [Fact]
    public async Task Curl_gets_a_page_through_the_TLS_proxy_of_the_docs()
    {
        ExternalProgram.Require("curl", "curl");
        await using PipeListener backend = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task serving = backend.ServeAsync(AnswerAsync);
        await using DocsProgram program = await DocsProgram.StartAsync(Proxy, "localhost", ((IPEndPoint)backend.LocalEndPoint).Port.ToString(CultureInfo.InvariantCulture));
        byte[] upload = Payload.Seeded(1_000_000);

        ProcessResult curl = await ExternalProcess.RunAsync(
            "curl",
            ["-4", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--cacert", program.Authority, "--header", "Expect:", "--data-binary", "@-", $"https://localhost:{program.PortText}/"],
            Convert.ToBase64String(upload));

        curl.ExitCode.Should().Be(0, curl.Error);
        curl.Output.Should().Be(Payload.HashOf(upload));
        await backend.DisposeAsync().Guarded();
        await serving.Guarded();
    }

    /// <summary>Answers one request with the hash of its body.</summary>
    private static async Task AnswerAsync(PipeConnection client, CancellationToken stopping)
    {
        const string Length = "\r\nContent-Length: ";
        string head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) head += await client.Input.ReadTextAsync(1);
        string length = head[(head.IndexOf(Length, StringComparison.Ordinal) + Length.Length)..].Split('\r')[0];
        string body = await client.Input.ReadTextAsync(int.Parse(length, CultureInfo.InvariantCulture));
        string hash = Payload.HashOf(Convert.FromBase64String(body));
        await client.Output.WriteAsync(Encoding.ASCII.GetBytes(FormattableString.Invariant($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {hash.Length}\r\n\r\n{hash}")), stopping);
    }

    /// <param name="program">The mail server.</param>
    /// <param name="commands">What to do with <c>smtp</c> and <c>context</c>.</param>
    private static Task<ProcessResult> RunSmtplibAsync(DocsProgram program, string commands)
    {
        ExternalProgram.Require("python3", "python3");

        // The certificate of one run has no key usage, which the strictest versions of Python want of an authority.
        string script = $"""
            import smtplib, ssl, sys
            context = ssl.create_default_context(cafile=sys.argv[2])
            context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
            with smtplib.SMTP("localhost", int(sys.argv[1]), timeout=30) as smtp:
                {commands.ReplaceLineEndings("\n    ")}
            """;
        return ExternalProcess.RunAsync("python3", ["-c", script, program.PortText, program.Authority]);
    }
}
