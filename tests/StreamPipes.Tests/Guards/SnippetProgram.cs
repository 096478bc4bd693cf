using System.Globalization;
using System.Text;

namespace StreamPipes.Tests.Guards;

/// <summary>A program that runs snippets one after the other. Its exit code says how many failed.</summary>
internal static class SnippetProgram
{
    /// <summary>Every source file of a project with these snippets, by name.</summary>
    public static Dictionary<string, string> SourcesOf(IReadOnlyList<Snippet> snippets)
    {
        Dictionary<string, string> sources = snippets.Select((snippet, i) => ($"Snippet{i.ToString(CultureInfo.InvariantCulture)}.cs", snippet.ToCompilationUnit(i))).ToDictionary(StringComparer.Ordinal);
        sources.Add("Names.cs", SnippetNames.Source);
        sources.Add("Peers.cs", SnippetPeers.Source);
        sources.Add("Program.cs", Source(snippets));
        return sources;
    }

    private static string Source(IReadOnlyList<Snippet> snippets)
    {
        StringBuilder source = new("Peers.Start();\nint failed = 0;\n");
        for (int i = 0; i < snippets.Count; i++)
        {
            if (snippets[i].NeedsTheOutside) continue;
            source.Append(CultureInfo.InvariantCulture, $"await RunAsync(new Snippet{i}(), \"{snippets[i].Page}:{snippets[i].Line}\", \"\"\"\"\n{snippets[i].Text}\"\"\"\");\n");
        }

        return source.Append(
            """
            File.Delete(Peers.SocketPath);
            return failed;

            async Task RunAsync(SnippetNames snippet, string place, string text)
            {
                try
                {
                    await snippet.RunAsync(text);
                    Console.WriteLine($"ran {place}");
                }
                catch (Exception exception)
                {
                    // The others are to be told of too.
                    Console.WriteLine($"FAILED {place}: {exception}");
                    failed++;
                }
            }

            """).ToString();
    }
}
