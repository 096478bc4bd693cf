using System.Diagnostics;

namespace StreamPipes.Tests.Carriers;

/// <summary>A program at the other side of its standard input and output. What it has got is in a file.</summary>
internal static class ChildProcess
{
    /// <param name="script">Sends back the greeting, and writes what it gets to the file that is its argument 0.</param>
    /// <param name="echoes">Whether it sends back what it gets as it comes.</param>
    public static Link Start(string script, bool echoes)
    {
        string file = Path.Combine(Path.GetTempPath(), $"streampipes-{Guid.NewGuid():N}");
        Process process = Process.Start(new ProcessStartInfo("sh", ["-c", script, file]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        Stream output = process.StandardInput.BaseStream;
        CarrierEnd near = new(process.StandardOutput.BaseStream, output) { HalfClose = async () => await output.DisposeAsync() };
        return new Link
        {
            OpenRawAsync = () => Task.FromResult(near),
            OpenConnectionAsync = options => Task.FromResult(StreamConnection.Create(near.Input, near.Output, options)),
            RunFarAsync = async (_, _) =>
            {
                await process.WaitForExitAsync();
                return FarReport.Of(await File.ReadAllBytesAsync(file), FormattableString.Invariant($"exit code {process.ExitCode}"));
            },
            HasHalfClose = true,
            CanDetach = false,
            FarEchoes = echoes,
            Answer = Content.Request,
            CleanUp = () =>
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
                process.Dispose();
                File.Delete(file);
                return default;
            },
        };
    }
}
