namespace StreamPipes.Benchmarks.Processes;

/// <summary>Programs that a machine may lack.</summary>
internal static class ExternalProgram
{
    /// <summary><see langword="null"/> if the program is there, otherwise how to get it.</summary>
    public static string? Missing(string program, string package) => Exists(program) ? null : $"{program} is not installed; get it with: apt-get install {package}";

    private static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
