using System.Globalization;
using System.Text;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Testing.Tests.Guards;

/// <summary>What the pages say about tests, as one program: each block is a method, which needs nothing from outside.</summary>
internal static class TestingSnippets
{
    private const string Names = """
        global using System.Buffers;
        global using System.Diagnostics;
        global using System.IO.Pipelines;
        global using StreamPipes;
        global using StreamPipes.Testing;

        internal abstract class SnippetNames
        {
            public abstract Task RunAsync(string[] args);
        }

        """;

    public static Dictionary<string, string> SourcesOf(IReadOnlyList<Snippet> snippets)
    {
        Dictionary<string, string> sources = new(StringComparer.Ordinal) { ["Names.cs"] = Names };
        StringBuilder program = new();
        for (int i = 0; i < snippets.Count; i++)
        {
            sources.Add($"Snippet{i.ToString(CultureInfo.InvariantCulture)}.cs", snippets[i].ToCompilationUnit(i));
            program.Append(CultureInfo.InvariantCulture, $"await new Snippet{i}().RunAsync([]).WaitAsync(TimeSpan.FromSeconds(30));\nConsole.WriteLine(\"ran {snippets[i].Page}:{snippets[i].Line}\");\n");
        }

        sources.Add("Program.cs", program.ToString());
        return sources;
    }
}
