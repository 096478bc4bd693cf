using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StreamPipes.Tests.Guards;

/// <summary>Runs the SDK's command as a person at a terminal would: none of what the test run itself sets is passed on.</summary>
internal sealed class CommandLine(string folder, IReadOnlyDictionary<string, string> variables)
{
    private static readonly TimeSpan Limit = Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(3);

    public string Folder => folder;

    /// <summary>The same with one more variable in the environment.</summary>
    public CommandLine With(string name, string value) => new(folder, new Dictionary<string, string>(variables, StringComparer.Ordinal) { [name] = value });

    /// <returns>What the command wrote to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed. The message holds all it wrote.</exception>
    public async Task<string> DotnetAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException(Describe($"did not end within {Limit}", arguments, await output, await error), e);
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(Describe($"ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}", arguments, await output, await error));
    }

    private static string Describe(string what, string[] arguments, string output, string error) =>
        new StringBuilder("dotnet ").AppendJoin(' ', arguments).Append(' ').Append(what).Append(":\n").Append(output).Append(error).ToString();
}
