using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using HttpOverPipes;

namespace StreamPipes.AspNetCore.Tests.HttpOverPipes;

/// <summary>The sample as its user sees it, and as <c>curl</c> and <c>wrk</c> see it.</summary>
[Collection(nameof(StreamPipes.Tests.Testing.RealServers))]
public sealed partial class HttpOverPipesTests : IDisposable
{
    private const long LargeBody = 100 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_tour_goes_every_way_with_100_MiB_up_and_down_and_200_requests_at_once()
    {
        ProcessResult result = await ExternalProcess.RunAsync("dotnet", [typeof(Program).Assembly.Location]);
        result.Error.Should().BeEmpty();
        result.Output.Should().Contain("every answer was right");
        result.Output.Split('\n').Count(line => line.Contains(" ms", StringComparison.Ordinal)).Should().Be(6);
        result.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("--http1.1", "HTTP/1.1", false)]
    [InlineData("--http1.1", "HTTP/1.1", true)]
    [InlineData("--http2", "HTTP/2", true)]
    public async Task Curl_uploads_and_downloads_100_MiB(string version, string protocol, bool usesTls)
    {
        ExternalProgram.Require("curl", "curl");
        await using ExternalProcess sample = await StartAsync();
        string address = AddressOf(sample, usesTls ? "https" : "http");
        string[] common = ["-sS", version, "--cacert", _folder.PathOf("server.pem")];
        (await ExternalProcess.RunAsync("curl", [.. common, address])).Output.Should().Be($"hello over {protocol}\n");

        string up = _folder.PathOf("up");
        await using (FileStream file = File.Create(up)) await Pattern.WriteAsync(file, LargeBody, CancellationToken.None);
        (await ExternalProcess.RunAsync("curl", [.. common, "--data-binary", $"@{up}", address + "hash"])).Output.Should().Be(Pattern.HashOf(LargeBody));

        string down = _folder.PathOf("down");
        ProcessResult result = await ExternalProcess.RunAsync("curl", [.. common, "-o", down, address + string.Create(CultureInfo.InvariantCulture, $"bytes/{LargeBody}")]);
        result.Error.Should().BeEmpty();
        await using FileStream received = File.OpenRead(down);
        Convert.ToHexString(await SHA256.HashDataAsync(received)).Should().Be(Pattern.HashOf(LargeBody));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Wrk_meets_no_error_over_the_sample(string scheme)
    {
        ExternalProgram.Require("wrk", "wrk");
        await using ExternalProcess sample = await StartAsync();
        ProcessResult result = await ExternalProcess.RunAsync("wrk", ["-t2", "-c100", "-d1s", AddressOf(sample, scheme)]);
        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("Requests/sec").And.NotContain("Socket errors").And.NotContain("Non-2xx");
        int.Parse(Requests().Match(result.Output).Groups["count"].Value, CultureInfo.InvariantCulture).Should().BeGreaterThan(100);
    }

    [Fact]
    public async Task A_signal_ends_the_sample_in_order()
    {
        await using ExternalProcess sample = await StartAsync();
        await sample.TerminateAsync();
        ProcessResult result = await sample.WaitForExitAsync();
        result.ExitCode.Should().Be(0);
        result.Output.TrimEnd().Should().EndWith("stopped");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--listen")]
    [InlineData("--port 5000")]
    [InlineData("--listen server.pem --port x")]
    public async Task Wrong_arguments_are_answered_with_the_usage(string args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        (await Program.RunAsync(args.Split(' '), output, error, CancellationToken.None).Guarded()).Should().Be(2);
        error.ToString().TrimEnd().Should().Be(SampleOptions.Usage);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        await using ExternalProcess sample = await StartAsync();
        string port = new Uri(AddressOf(sample, "http")).Port.ToString(CultureInfo.InvariantCulture);
        ProcessResult result = await ExternalProcess.RunAsync("dotnet", [typeof(Program).Assembly.Location, "--listen", _folder.PathOf("other.pem"), "--port", port]);
        result.ExitCode.Should().Be(1);
        result.Error.TrimEnd().Should().Match($"HttpOverPipes: *{port}*").And.NotContain("\n");
    }

    private async Task<ExternalProcess> StartAsync()
    {
        ExternalProcess sample = ExternalProcess.Start("dotnet", typeof(Program).Assembly.Location, "--listen", _folder.PathOf("server.pem"));
        (await sample.WaitForOutputAsync("listening")).Should().BeTrue(sample.Error);
        return sample;
    }

    private static string AddressOf(ExternalProcess sample, string scheme) => Addresses().Matches(sample.Output).Single(match => string.Equals(match.Groups["scheme"].Value, scheme, StringComparison.Ordinal)).Value;

    [GeneratedRegex(@"(?<scheme>https?)://localhost:\d+/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Addresses();

    [GeneratedRegex(@"(?<count>\d+) requests in", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Requests();
}
