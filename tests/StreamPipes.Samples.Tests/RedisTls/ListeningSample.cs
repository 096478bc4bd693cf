using System.Text.RegularExpressions;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The sample as a program of its own, listening.</summary>
internal sealed partial class ListeningSample : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private ListeningSample(TemporaryFolder folder, ExternalProcess process, string port)
    {
        _folder = folder;
        Process = process;
        ToolArguments = ["--tls", "--cacert", AuthorityFile, "-h", "127.0.0.1", "-p", port];
    }

    public ExternalProcess Process { get; }

    public string AuthorityFile => _folder.PathOf("ca.pem");

    /// <summary>What redis-cli and redis-benchmark need to find it.</summary>
    public string[] ToolArguments { get; }

    public static async Task<ListeningSample> StartAsync()
    {
        TemporaryFolder folder = new();
        ExternalProcess process = ExternalProcess.Start("dotnet", ProgramFile, "--listen", "0", "--cafile", folder.PathOf("ca.pem"));
        (await process.WaitForOutputAsync("try: ")).Should().BeTrue("it says when it is ready, but said: {0}", process.Error);
        return new ListeningSample(folder, process, Ready().Match(process.Output).Groups["port"].Value);
    }

    public static Task<ProcessResult> RunSampleAsync(params string[] args) => ExternalProcess.RunAsync("dotnet", [ProgramFile, .. args]);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    private static string ProgramFile => typeof(Program).Assembly.Location;

    [GeneratedRegex(@"^listening on 127\.0\.0\.1:(?<port>\d+), ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ready();
}
