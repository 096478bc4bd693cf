using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>Runs the sample's entry point in this process.</summary>
internal static class SampleRun
{
    public static async Task<ProcessResult> RunAsync(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await Program.RunAsync(args, TextWriter.Synchronized(output), TextWriter.Synchronized(error)).WaitAsync(TimeSpan.FromSeconds(60));
        return new ProcessResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Checks that the tour was taken to its end.</summary>
    public static void ShouldBeAWholeTour(this ProcessResult result)
    {
        result.Error.Should().BeEmpty();
        result.ExitCode.Should().Be(0);
        result.Output.Should().ContainAll(
            "PING -> PONG",
            "3 MiB value -> the same",
            "100,000 of 100,000 pipelined commands answered",
            "PUBLISH -> 1,000 messages, in order",
            "closed in order",
            "MiB/s");
    }

    /// <summary>Checks for one line on standard error, no more, and the exit code 1.</summary>
    public static void ShouldFailWith(this ProcessResult result, string line)
    {
        result.Error.TrimEnd().Should().Match($"RedisTls: {line}").And.NotContain("\n");
        result.ExitCode.Should().Be(1);
    }
}
