using System.Globalization;
using System.Text.RegularExpressions;
using SpoaAgent;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>The sample as its user runs it: the program, and HAProxy with the configuration that lies beside it.</summary>
[Collection(nameof(RealServers))]
public sealed partial class SampleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HAProxy_with_the_configuration_of_the_sample_lets_in_and_refuses(bool usesTls)
    {
        ExternalProgram.Require("haproxy", "haproxy");
        await using ExternalProcess sample = ExternalProcess.Start("dotnet", [typeof(Program).Assembly.Location, "--port", "0", "--block", "203.0.113.0/24", .. usesTls ? ["--tls"] : Array.Empty<string>()]);
        (await sample.WaitForOutputAsync(" TLS")).Should().BeTrue(sample.Error);
        string folder = Path.Combine(Repository.Root, "docs", "samples", "SpoaAgent", "haproxy");
        string[] environment =
        [
            $"AGENT_PORT={Ready().Match(sample.Output).Groups["port"].Value}", $"SPOE_CONFIG={Path.Combine(folder, "spoe.cfg")}", .. usesTls ? ["AGENT_TLS=1"] : Array.Empty<string>(),
        ];
        (ExternalProcess haproxy, int port) = await HaproxyProcess.StartOnFreePortAsync(port => ExternalProcess.Start(
            "env", [.. environment, string.Create(CultureInfo.InvariantCulture, $"HTTP_PORT={port}"), "haproxy", HaproxyProcess.Alone, "-db", "-f", Path.Combine(folder, "haproxy.cfg")]));
        await using ExternalProcess running = haproxy;
        string address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");

        (await CurlAsync(address, "--data", "hello")).Should()
            .Be("score 100, body of 5 bytes with SHA-256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n");
        (await CurlAsync(address, "-o", "/dev/null", "-w", "%{http_code}", "-H", "X-Client-IP: 203.0.113.7")).Should().Be("403");

        await sample.TerminateAsync();
        ProcessResult end = await sample.WaitForExitAsync();
        end.ExitCode.Should().Be(0);
        end.Output.Should().MatchRegex(@"stopped after \d+ connections, .* 2 messages");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--port")]
    [InlineData("--port 70000")]
    [InlineData("--block 300.0.0.0/8")]
    [InlineData("--lookup soon")]
    public async Task Wrong_arguments_are_answered_with_the_usage(string args)
    {
        ProcessResult result = await RunAsync(args.Split(' '));
        result.ExitCode.Should().Be(2);
        result.Error.TrimEnd().Should().Be(SampleOptions.Usage);
        result.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        await using AgentServer other = AgentServer.Start(new GatedHandler(), new AgentOptions());
        string port = FormattableString.Invariant($"{other.Port}");
        ProcessResult result = await RunAsync("--port", port);
        result.ExitCode.Should().Be(1);
        result.Error.TrimEnd().Should().Match($"SpoaAgent: cannot listen on port {port}: *").And.NotContain("\n");
    }

    private static async Task<string> CurlAsync(string address, params string[] arguments)
    {
        ExternalProgram.Require("curl", "curl");
        return (await ExternalProcess.RunAsync("curl", ["-sS", "--max-time", "10", .. arguments, address])).Output;
    }

    private static async Task<ProcessResult> RunAsync(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await Program.RunAsync(args, TextWriter.Synchronized(output), TextWriter.Synchronized(error), CancellationToken.None).Guarded();
        return new ProcessResult(exitCode, output.ToString(), error.ToString());
    }

    [GeneratedRegex(@"^listening on 127\.0\.0\.1:(?<port>\d+), ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ready();
}
