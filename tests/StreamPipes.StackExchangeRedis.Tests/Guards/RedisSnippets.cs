using System.Globalization;
using System.Text;
using StreamPipes.StackExchangeRedis.Tests.Testing;
using StreamPipes.Tests.Guards;

namespace StreamPipes.StackExchangeRedis.Tests.Guards;

/// <summary>What the pages say about the client, as one program: each block is a method, and talks to a server where the pages name a port.</summary>
internal static class RedisSnippets
{
    private const string Names = """
        global using StackExchange.Redis;
        global using StreamPipes;
        global using StreamPipes.StackExchangeRedis;

        internal abstract class SnippetNames
        {
            public abstract Task RunAsync(string[] args);
        }

        """;

    public static Dictionary<string, string> SourcesOf(IReadOnlyList<Snippet> snippets, RedisServer server)
    {
        Dictionary<string, string> sources = new(StringComparer.Ordinal) { ["Names.cs"] = Names };
        StringBuilder program = new();
        for (int i = 0; i < snippets.Count; i++)
        {
            sources.Add($"Snippet{i.ToString(CultureInfo.InvariantCulture)}.cs", Placed(snippets[i].ToCompilationUnit(i), server));
            program.Append(CultureInfo.InvariantCulture, $"await new Snippet{i}().RunAsync([]).WaitAsync(TimeSpan.FromSeconds(30));\nConsole.WriteLine(\"ran {snippets[i].Page}:{snippets[i].Line}\");\n");
        }

        sources.Add("Program.cs", program.ToString());
        return sources;
    }

    private static string Placed(string unit, RedisServer server) => unit
        .Replace("localhost:6379", string.Create(CultureInfo.InvariantCulture, $"localhost:{server.PlainPort}"), StringComparison.Ordinal)
        .Replace("localhost:6380", string.Create(CultureInfo.InvariantCulture, $"localhost:{server.TlsPort}"), StringComparison.Ordinal);
}
