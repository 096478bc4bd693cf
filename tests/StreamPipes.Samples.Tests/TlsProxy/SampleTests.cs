using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>The sample as its user sees it: output, one-line errors, exit codes.</summary>
[Collection(nameof(RealServers))]
public sealed class SampleTests
{
    [Fact]
    public async Task Without_arguments_the_TLS_proxy_takes_its_tour_and_ends()
    {
        ProcessResult result = await ExternalProcess.RunAsync("dotnet", [typeof(Program).Assembly.Location]);
        result.ExitCode.Should().Be(0, result.Error);
        result.Error.Should().BeEmpty();
        string[] lines = result.Output.TrimEnd().Split('\n');
        lines.Should().HaveCount(9);
        lines[6].Should().Contain("gamma.example").And.EndWith("refused: no such name");
        lines[7].Should().EndWith("behind got 1000000 bytes from 192.0.2.1:56324");
        lines[8].Should().Be("every answer was right");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--port")]
    [InlineData("--port 0")]
    [InlineData("--port 70000 --to localhost:1")]
    [InlineData("--to localhost:1")]
    [InlineData("--port 0 --to localhost")]
    [InlineData("--port 0 --to localhost:0")]
    [InlineData("--port 0 --to :1")]
    [InlineData("--port 0 --to localhost:1 --route a=localhost:1")]
    [InlineData("--port 0 --route a=localhost")]
    [InlineData("--port 0 --route =localhost:1")]
    [InlineData("--port 0 --route a=localhost:1 --route A=localhost:2")]
    [InlineData("--port 0 --route a=localhost:1 --cert server.pem")]
    [InlineData("--port 0 --route a=localhost:1 --to-tls")]
    [InlineData("--port 0 --to localhost:1 --ca ca.pem")]
    [InlineData("--port 0 --to localhost:1 --send-proxy 3")]
    [InlineData("--port 0 --to localhost:1 --accept-proxy everybody")]
    public async Task Wrong_arguments_of_the_TLS_proxy_are_answered_with_the_usage(string args)
    {
        ProcessResult result = await RunAsync(args.Split(' '));
        result.ExitCode.Should().Be(2);
        result.Error.TrimEnd().Should().Be(SampleOptions.Usage);
        result.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1:443", "127.0.0.1", "127.0.0.1:443")]
    [InlineData("[::1]:443", "::1", "[::1]:443")]
    [InlineData("example.com:65535", "example.com", "Unspecified/example.com:65535")]
    public void An_address_is_a_name_or_a_number_with_a_port(string text, string host, string endPoint)
    {
        SampleOptions.TryParse(["--port", "0", "--to", text], out SampleOptions? options).Should().BeTrue();
        options!.Backend!.Value.Host.Should().Be(host);
        options.Backend.Value.EndPoint.ToString().Should().Be(endPoint);
    }

    [Fact]
    public async Task A_port_a_certificate_or_an_authority_that_the_TLS_proxy_cannot_have_is_reported_in_one_line()
    {
        using TemporaryFolder folder = new();
        await using RunningProxy other = new(new ProxyOptions());
        string port = FormattableString.Invariant($"{other.EndPoint.Port}");
        (await RunAsync("--port", port, "--to", "localhost:1")).Error.TrimEnd().Should().Match($"TlsProxy: cannot listen on port {port}: *").And.NotContain("\n");
        string[][] wrong =
        [
            ["--cert", folder.PathOf("none.pem")], ["--cert", folder.Write("empty.pem", "")], ["--to-tls", "--ca", folder.PathOf("none.pem")], ["--to-tls", "--ca", folder.Write("nothing.pem", "")],
        ];
        foreach (string[] arguments in wrong)
        {
            ProcessResult result = await RunAsync(["--port", "0", "--to", "localhost:1", .. arguments]);
            result.ExitCode.Should().Be(1);
            result.Error.TrimEnd().Should().StartWith("TlsProxy: ").And.NotContain("\n");
            result.Output.Should().BeEmpty();
        }
    }

    [Fact]
    public async Task A_signal_ends_the_TLS_proxy_in_order()
    {
        await using Sample sample = await Sample.StartAsync("--to", "localhost:1");
        await sample.Process.TerminateAsync();
        ProcessResult end = await sample.Process.WaitForExitAsync();
        end.ExitCode.Should().Be(0);
        end.Output.TrimEnd().Should().EndWith("stopped");
    }

    private static async Task<ProcessResult> RunAsync(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await Program.RunAsync(args, output, error, CancellationToken.None).Guarded();
        return new ProcessResult(exitCode, output.ToString(), error.ToString());
    }
}
