using System.Text;

namespace StreamPipes.Tests.Guards;

/// <summary>One block of C# in a page: statements, with using directives in front if it is a complete program.</summary>
internal sealed record Snippet(string Page, string Heading, int Line, IReadOnlyList<string> Lines)
{
    /// <summary>Where the peers of <see cref="SnippetPeers"/> are, in the place of what a page names.</summary>
    private static readonly (string Written, string Run)[] Places =
    [
        ("\"example.com\", 443", "\"localhost\", Peers.Port"),
        ("\"example.com\", 7000", "\"localhost\", Peers.Port"),
        ("\"example.com\"", "\"localhost\""),
        ("IPAddress.Loopback, 7000", "IPAddress.Loopback, Peers.Port"),
        ("\"/run/agent.sock\"", "Peers.SocketPath"),
    ];

    public string Text => string.Join('\n', Lines) + "\n";

    /// <summary>How many lines its using directives take, and the empty lines among and behind them.</summary>
    public int UsingLines => Lines.TakeWhile(line => line.Length == 0 || IsUsingDirective(line)).Count();

    /// <summary>Whether it is about the second package, whose tests compile it.</summary>
    public bool IsOfAspNetCore => Page.Contains("StreamPipes.AspNetCore", StringComparison.Ordinal);

    /// <summary>Whether it is about the package for frames, whose tests compile and run it.</summary>
    public bool IsOfFraming => Page.Contains("StreamPipes.Framing", StringComparison.Ordinal) || Page.EndsWith("/framing.md", StringComparison.Ordinal) || Page.EndsWith("/migrate-from-bedrock-and-supersocket.md", StringComparison.Ordinal);

    /// <summary>Whether it is about the package for tests, whose tests compile and run it.</summary>
    public bool IsOfTesting => Page.Contains("StreamPipes.Testing", StringComparison.Ordinal) || Page.EndsWith("/testing.md", StringComparison.Ordinal);

    /// <summary>Whether it is about the package for StackExchange.Redis, whose tests compile and run it.</summary>
    public bool IsOfStackExchangeRedis => Page.Contains("StackExchangeRedis", StringComparison.Ordinal) || Page.EndsWith("/stackexchange-redis.md", StringComparison.Ordinal);

    /// <summary>Whether it wants a server that no test has.</summary>
    public bool NeedsTheOutside => Text.Contains("wss://", StringComparison.Ordinal);

    /// <summary>The snippet as the body of a method of a class, in which the names of <see cref="SnippetNames"/> are known.</summary>
    public string ToCompilationUnit(int number)
    {
        StringBuilder unit = new();
        int usings = UsingLines;
        foreach (string line in Lines.Take(usings)) unit.Append(line).Append('\n');
        unit.Append(null, $"internal sealed class Snippet{number} : SnippetNames\n{{\npublic override async Task RunAsync(string[] args)\n{{\n");
        unit.Append(null, $"#line {Line + usings} \"{Page}\"\n");
        foreach (string line in Lines.Skip(usings)) unit.Append(Placed(line)).Append('\n');
        return unit.Append("#line default\n}\n}\n").ToString();
    }

    private static string Placed(string line) => Places.Aggregate(line, (text, place) => text.Replace(place.Written, place.Run, StringComparison.Ordinal));

    /// <summary>A using declaration has a value.</summary>
    private static bool IsUsingDirective(string line) =>
        line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=', StringComparison.Ordinal);
}
