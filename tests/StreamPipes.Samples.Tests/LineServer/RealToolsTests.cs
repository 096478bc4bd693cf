using System.Text.RegularExpressions;
using LineServer;

namespace StreamPipes.Samples.Tests.LineServer;

/// <summary>The sample as a program of its own, driven by programs nobody here wrote.</summary>
[Collection(nameof(RealServers))]
public sealed partial class RealToolsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nc_gets_its_lines_back_from_the_line_server()
    {
        ExternalProgram.Require("nc", "netcat-openbsd");
        await using ExternalProcess sample = await StartAsync();
        string lines = string.Concat(Enumerable.Range(0, 10_000).Select(i => FormattableString.Invariant($"line {i}\n")));
        ProcessResult result = await ExternalProcess.RunAsync("nc", ["-N", "127.0.0.1", PortOf(sample)], lines + "no end");
        result.Output.Should().Be(lines + "no end\n");
        result.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Nc_is_told_that_its_line_is_too_long()
    {
        ExternalProgram.Require("nc", "netcat-openbsd");
        await using ExternalProcess sample = await StartAsync("--max-line", "10");
        ProcessResult result = await ExternalProcess.RunAsync("nc", ["-N", "127.0.0.1", PortOf(sample)], "short\nmuch too long\nshort\n");
        result.Output.Should().Be("short\nerror: a line is longer than 10 bytes\n");
    }

    [Fact]
    public async Task Openssl_gets_its_lines_back_and_trusts_the_certificate_of_the_line_server()
    {
        ExternalProgram.Require("openssl", "openssl");
        string file = _folder.PathOf("server.pem");
        await using ExternalProcess sample = await StartAsync("--tls", file);
        await using ExternalProcess openssl = ExternalProcess.Start(
            "openssl", "s_client", "-quiet", "-verify_return_error", "-verify_hostname", "localhost", "-connect", $"127.0.0.1:{PortOf(sample)}", "-CAfile", file);
        await openssl.Input.WriteAsync("hello\nfrom openssl\n");
        await openssl.Input.FlushAsync();
        (await openssl.WaitForOutputAsync("hello\nfrom openssl\n")).Should().BeTrue(openssl.Error);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_line_server_in_order_and_its_client_sees_the_end(string signal)
    {
        ExternalProgram.Require("nc", "netcat-openbsd");
        await using ExternalProcess sample = await StartAsync();
        await using ExternalProcess client = ExternalProcess.Start("nc", "-N", "127.0.0.1", PortOf(sample));
        await client.Input.WriteAsync("hello\n");
        await client.Input.FlushAsync();
        (await client.WaitForOutputAsync("hello\n")).Should().BeTrue(client.Error);

        await ExternalProcess.RunAsync("kill", [$"-{signal}", FormattableString.Invariant($"{sample.Id}")]);

        (await sample.WaitForExitAsync()).ExitCode.Should().Be(0);
        sample.Output.TrimEnd().Should().EndWith("stopped");
        client.Input.Close();
        (await client.WaitForExitAsync()).ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--port")]
    [InlineData("--port -1")]
    [InlineData("--max-line 0")]
    public async Task Wrong_arguments_are_answered_with_the_usage(string args)
    {
        ProcessResult result = await ExternalProcess.RunAsync("dotnet", [typeof(Program).Assembly.Location, .. args.Split(' ')]);
        result.ExitCode.Should().Be(2);
        result.Error.TrimEnd().Should().Be(SampleOptions.Usage);
    }

    [Fact]
    public async Task A_port_or_a_certificate_that_the_line_server_cannot_have_is_told_in_one_line()
    {
        await using RunningServer other = new();
        string port = FormattableString.Invariant($"{other.Port}");
        ProcessResult taken = await ExternalProcess.RunAsync("dotnet", [typeof(Program).Assembly.Location, "--port", port]);
        taken.ExitCode.Should().Be(1);
        taken.Error.TrimEnd().Should().Match($"LineServer: cannot listen on port {port}: *").And.NotContain("\n");
        ProcessResult noFolder = await ExternalProcess.RunAsync("dotnet", [typeof(Program).Assembly.Location, "--port", "0", "--tls", _folder.PathOf("none/server.pem")]);
        noFolder.ExitCode.Should().Be(1);
        noFolder.Error.TrimEnd().Should().Match("LineServer: cannot write the certificate: *").And.NotContain("\n");
    }

    private static async Task<ExternalProcess> StartAsync(params string[] arguments)
    {
        // Whoever runs the tests in the background may ignore SIGINT, and a program inherits that.
        string[] program = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        ExternalProcess sample = ExternalProcess.Start(program[0], [.. program[1..], typeof(Program).Assembly.Location, "--port", "0", .. arguments]);
        (await sample.WaitForOutputAsync("try: ")).Should().BeTrue("it says when it is ready, but said: {0}", sample.Error);
        return sample;
    }

    private static string PortOf(ExternalProcess sample) => Ready().Match(sample.Output).Groups["port"].Value;

    [GeneratedRegex(@"^listening on 127\.0\.0\.1:(?<port>\d+), ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ready();
}
