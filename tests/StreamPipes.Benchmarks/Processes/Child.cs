using System.Diagnostics;

namespace StreamPipes.Benchmarks.Processes;

/// <summary>Another process of this program, for what must be measured in a fresh one.</summary>
internal static class Child
{
    public const string Switch = "--child";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The program and the arguments that start it.</summary>
    public static IReadOnlyList<string> Command(params string[] arguments)
    {
        string host = Environment.ProcessPath!;
        bool isHost = string.Equals(Path.GetFileNameWithoutExtension(host), "dotnet", StringComparison.OrdinalIgnoreCase);
        return [host, .. isHost ? [typeof(Child).Assembly.Location] : Array.Empty<string>(), Switch, .. arguments];
    }

    /// <summary>Starts it. It ends when its input does, or is killed.</summary>
    public static Process Start(IReadOnlyList<string> command) =>
        Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;

    /// <summary>Runs it to its end and gives what it printed.</summary>
    public static async Task<string> RunAsync(IReadOnlyList<string> command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string error = await process.StandardError.ReadToEndAsync().WaitAsync(Limit);
            await process.WaitForExitAsync().WaitAsync(Limit);
            return process.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {error.Trim()}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
