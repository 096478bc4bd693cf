using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The embedded server, run as a program, driven by Redis' own tools.</summary>
[Collection(nameof(RealServers))]
public sealed class RealToolsTests
{
    private const string Package = "redis-tools";

    [Fact]
    public async Task The_sample_listens_until_it_is_told_to_stop()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using ListeningSample sample = await ListeningSample.StartAsync();
        File.ReadAllText(sample.AuthorityFile).Should().StartWith("-----BEGIN CERTIFICATE-----");
        await sample.Process.TerminateAsync();
        ProcessResult result = await sample.Process.WaitForExitAsync();
        result.ExitCode.Should().Be(0);
        result.Output.Should().EndWith("stopped" + Environment.NewLine);
        result.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task The_sample_as_a_program_takes_its_tour() =>
        (await ListeningSample.RunSampleAsync()).ShouldBeAWholeTour();

    [Fact]
    public async Task Redis_cli_gets_the_answers_of_a_real_server()
    {
        await using ListeningSample sample = await ListeningSample.StartAsync();
        (await CliAsync(sample, "ping")).Should().Be("PONG");
        (await CliAsync(sample, "set", "greeting", "hello world")).Should().Be("OK");
        (await CliAsync(sample, "get", "greeting")).Should().Be("hello world");
        (await CliAsync(sample, "incr", "n")).Should().Be("1");
        (await CliAsync(sample, "mget", "greeting", "none", "n")).Should().Be("hello world\n\n1");
        (await CliAsync(sample, "-3", "mget", "greeting", "n")).Should().Be("hello world\n1");
        (await CliAsync(sample, "nosuch")).Should().StartWith("ERR unknown command");
    }

    [Fact]
    public async Task Redis_cli_loads_commands_in_bulk()
    {
        ExternalProgram.Require("redis-cli", Package);
        await using ListeningSample sample = await ListeningSample.StartAsync();
        string commands = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"SET key:{i} {i}\r\n"));
        ProcessResult result = await ExternalProcess.RunAsync("redis-cli", [.. sample.ToolArguments, "--pipe"], commands);
        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("errors: 0, replies: 10000");
        (await CliAsync(sample, "dbsize")).Should().Be("10000");
    }

    [Theory]
    [InlineData("-2")]
    [InlineData("-3")]
    public async Task Redis_cli_is_told_what_another_redis_cli_publishes(string protocol)
    {
        ExternalProgram.Require("redis-cli", Package);
        await using ListeningSample sample = await ListeningSample.StartAsync();
        await using ExternalProcess subscriber = ExternalProcess.Start("redis-cli", [.. sample.ToolArguments, protocol, "subscribe", "news"]);
        (await subscriber.WaitForOutputAsync("subscribe")).Should().BeTrue();
        (await CliAsync(sample, "publish", "news", "it works")).Should().Be("1");
        (await subscriber.WaitForOutputAsync("it works")).Should().BeTrue();
    }

    [Fact]
    public async Task Redis_benchmark_runs_to_its_end()
    {
        ExternalProgram.Require("redis-benchmark", Package);
        await using ListeningSample sample = await ListeningSample.StartAsync();
        ProcessResult result = await ExternalProcess.RunAsync(
            "redis-benchmark", [.. sample.ToolArguments, "-q", "-n", "2000", "-c", "10", "-t", "ping,set,get,incr,mset"]);
        result.ExitCode.Should().Be(0, result.Output + result.Error);
        foreach (string test in new[] { "PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)" })
            result.Output.Should().MatchRegex($@"{System.Text.RegularExpressions.Regex.Escape(test)}: [\d.]+ requests per second");
    }

    [Fact]
    public async Task Redis_benchmark_runs_to_its_end_with_pipelining()
    {
        ExternalProgram.Require("redis-benchmark", Package);
        await using ListeningSample sample = await ListeningSample.StartAsync();
        ProcessResult result = await ExternalProcess.RunAsync(
            "redis-benchmark", [.. sample.ToolArguments, "-q", "-n", "20000", "-c", "10", "-P", "50", "-d", "1000", "-t", "set,get"]);
        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().MatchRegex(@"GET: [\d.]+ requests per second");
    }

    private static async Task<string> CliAsync(ListeningSample sample, params string[] command)
    {
        ExternalProgram.Require("redis-cli", Package);
        ProcessResult result = await ExternalProcess.RunAsync("redis-cli", [.. sample.ToolArguments, .. command]);
        result.Error.Should().BeEmpty();
        return result.Output.TrimEnd('\n');
    }
}
