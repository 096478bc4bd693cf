using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The sample as its user sees it: output, one-line errors, exit codes.</summary>
[Collection(nameof(RealServers))]
public sealed class SampleTests
{
    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public async Task Without_a_server_the_sample_tours_its_own_server(string protocol) =>
        (await SampleRun.RunAsync("--resp", protocol)).ShouldBeAWholeTour();

    [Fact]
    public async Task Without_TLS_and_a_server_the_sample_tours_its_own_server()
    {
        ProcessResult result = await SampleRun.RunAsync("--plain");
        result.ShouldBeAWholeTour();
        result.Output.Should().Contain("without TLS");
    }

    [Fact]
    public async Task With_a_password_and_no_server_the_sample_tours_its_own_server() =>
        (await SampleRun.RunAsync("--user", "me", "--password", "sesame")).ShouldBeAWholeTour();

    [Theory]
    [InlineData("--help")]
    [InlineData("--server")]
    [InlineData("--server localhost")]
    [InlineData("--server localhost:x")]
    [InlineData("--server localhost:0")]
    [InlineData("--server :6379")]
    [InlineData("--server localhost:70000")]
    [InlineData("--server localhost:6379 --listen 0")]
    [InlineData("--server localhost:6379 --user me")]
    [InlineData("--listen -1")]
    [InlineData("--resp 4")]
    [InlineData("--cafile ca.pem")]
    [InlineData("--plain --listen 0 --cafile ca.pem")]
    public async Task Wrong_arguments_are_answered_with_the_usage(string args)
    {
        ProcessResult result = await SampleRun.RunAsync(args.Split(' '));
        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Error.TrimEnd().Should().Be(SampleOptions.Usage);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_told_in_one_line()
    {
        await using EmbeddedServer server = new();
        await using EmbeddedServer other = new();
        (await SampleRun.RunAsync("--server", server.Address, "--cafile", other.AuthorityFile))
            .ShouldFailWith($"no TLS session with {server.Address}: *certificate*");
    }

    [Fact]
    public async Task A_certificate_of_an_authority_the_machine_does_not_trust_is_told_in_one_line()
    {
        await using EmbeddedServer server = new();
        (await SampleRun.RunAsync("--server", server.Address)).ShouldFailWith($"no TLS session with {server.Address}: *certificate*");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_told_in_one_line()
    {
        await using EmbeddedServer server = new(host: "elsewhere.example");
        (await SampleRun.RunAsync("--server", server.Address, "--cafile", server.AuthorityFile))
            .ShouldFailWith($"no TLS session with {server.Address}: *RemoteCertificateNameMismatch*");
    }

    [Fact]
    public async Task A_refused_connection_is_told_in_one_line()
    {
        string address;
        await using (EmbeddedServer gone = new()) address = gone.Address;
        (await SampleRun.RunAsync("--server", address)).ShouldFailWith($"cannot connect to {address}: *");
    }

    [Fact]
    public async Task A_wrong_password_is_told_in_one_line()
    {
        await using EmbeddedServer server = new(password: "sesame");
        (await SampleRun.RunAsync("--server", server.Address, "--cafile", server.AuthorityFile, "--password", "wrong"))
            .ShouldFailWith($"{server.Address} refused: WRONGPASS *");
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_is_told_in_one_line()
    {
        await using OneAnswerTlsServer server = new("HTTP/1.1 400 Bad Request\r\n\r\n");
        (await SampleRun.RunAsync("--server", server.Address, "--cafile", server.AuthorityFile))
            .ShouldFailWith($"{server.Address} does not speak RESP: No RESP value begins with 'H'.");
    }

    [Fact]
    public async Task A_missing_or_empty_authority_file_is_told_in_one_line()
    {
        using TemporaryFolder folder = new();
        (await SampleRun.RunAsync("--server", "localhost:1", "--cafile", folder.PathOf("none.pem"))).ShouldFailWith("*none.pem*");
        (await SampleRun.RunAsync("--server", "localhost:1", "--cafile", folder.Write("empty.pem", ""))).ShouldFailWith("*empty.pem*");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        await using EmbeddedServer server = new();
        string port = FormattableString.Invariant($"{server.Server.Port}");
        (await SampleRun.RunAsync("--listen", port)).ShouldFailWith($"cannot listen on port {port}: *");
    }
}
