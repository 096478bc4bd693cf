namespace StreamPipes.Exploration.Building;

/// <summary>The sources of the repository that this program was built in.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static string Library => Path.Combine(Root, "src", "StreamPipes");

    public static string Program => Path.Combine(Root, "tests", "StreamPipes.Exploration");

    /// <summary>The library, the scenarios, and what stands in for classes of the framework.</summary>
    public static IEnumerable<string> Explored()
    {
        IEnumerable<string> files = Files(Library);
        foreach (string folder in (string[])["Scenarios", "Litmus", "StandIns"]) files = files.Concat(Files(Path.Combine(Program, folder)));
        return files;
    }

    /// <summary>As the library's project has it for .NET.</summary>
    private static bool IsForNet(string file) => !file.EndsWith(".NetStandard.cs", StringComparison.Ordinal) && !file.Contains("/Polyfills/", StringComparison.Ordinal);

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(IsForNet)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
        : [];

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "StreamPipes.sln"))) return folder;
        }

        throw new InvalidOperationException("The program compiles the library's sources, and has to be in their repository.");
    }
}
