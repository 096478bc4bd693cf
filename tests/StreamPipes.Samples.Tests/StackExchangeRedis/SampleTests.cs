using System.Globalization;
using StreamPipes.Samples.Tests.RedisTls;

namespace StreamPipes.Samples.Tests.StackExchangeRedis;

/// <summary>The sample as its user runs it: a program of its own, whose server is the same code that the sample RedisTls has.</summary>
[Collection(nameof(RealServers))]
public sealed class SampleTests
{
    private static readonly string Sample = Path.Combine(AppContext.BaseDirectory, "StackExchangeRedis.dll");

    [Theory]
    [InlineData("")]
    [InlineData("--plain")]
    [InlineData("--threads")]
    [InlineData("--plain --threads")]
    public async Task Without_a_server_the_sample_tours_its_own_server(string args) => ShouldBeAWholeTour(await RunAsync(args));

    [Theory]
    [InlineData("")]
    [InlineData("--threads")]
    public async Task With_a_server_the_sample_tours_that_one(string args)
    {
        await using RealRedisServer redis = await RealRedisServer.StartAsync("--requirepass", "sesame");
        string server = string.Create(CultureInfo.InvariantCulture, $"--server 127.0.0.1:{redis.Port} --cafile {redis.AuthorityFile}");
        ShouldBeAWholeTour(await RunAsync($"{args} {server} --password sesame"));
        ProcessResult refused = await RunAsync($"{args} {server} --password wrong");
        refused.ExitCode.Should().Be(1);
        refused.Error.TrimEnd().Should().StartWith("StackExchangeRedis: ").And.NotContain("\n");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--server")]
    [InlineData("--cafile ca.pem")]
    [InlineData("--password sesame")]
    public async Task Wrong_arguments_are_answered_with_the_usage(string args)
    {
        ProcessResult result = await RunAsync(args);
        result.ExitCode.Should().Be(2);
        result.Error.Should().StartWith("usage: StackExchangeRedis ");
    }

    private static Task<ProcessResult> RunAsync(string args) => ExternalProcess.RunAsync("dotnet", [Sample, .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    private static void ShouldBeAWholeTour(ProcessResult result)
    {
        result.Error.Should().BeEmpty();
        result.ExitCode.Should().Be(0);
        result.Output.Should().ContainAll("3 MiB value -> the same", "50,000 commands -> all counted", "PUBLISH -> 1,000 messages, in order", "closed");
    }
}
