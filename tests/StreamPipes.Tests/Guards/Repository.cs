using System.Runtime.CompilerServices;

namespace StreamPipes.Tests.Guards;

/// <summary>The working copy that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The folder of this file: snapshots lie beside it.</summary>
    public static string GuardsFolder => Path.Combine(Root, "tests", "StreamPipes.Tests", "Guards");

    private static string Find([CallerFilePath] string thisFile = "")
    {
        // A deterministic build names no real path, a build outside of the tree runs from elsewhere: one of the two is always right.
        foreach (string start in (string[])[Path.GetDirectoryName(thisFile) ?? "", AppContext.BaseDirectory])
        {
            for (string? folder = start; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "StreamPipes.sln"))) return folder;
            }
        }

        throw new DirectoryNotFoundException($"No StreamPipes.sln above {thisFile} or {AppContext.BaseDirectory}.");
    }
}
