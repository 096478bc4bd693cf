using System.Text;

namespace StreamPipes.Tests.Guards;

/// <summary>One block of C# in a page: statements, with using directives in front if it is a complete program.</summary>
internal sealed record Snippet(string Page, string Heading, int Line, IReadOnlyList<string> Lines)
{
    public string Text => string.Join('\n', Lines) + "\n";

    /// <summary>The snippet as the body of a method of a class, in which the names of <see cref="SnippetNames"/> are known.</summary>
    public string ToCompilationUnit(int number)
    {
        StringBuilder unit = new();
        int usings = Lines.TakeWhile(line => line.Length == 0 || IsUsingDirective(line)).Count();
        foreach (string line in Lines.Take(usings)) unit.Append(line).Append('\n');
        unit.Append(null, $"internal sealed class Snippet{number} : SnippetNames\n{{\nprivate async Task RunAsync(string[] args)\n{{\n");
        unit.Append(null, $"#line {Line + usings} \"{Page}\"\n");
        foreach (string line in Lines.Skip(usings)) unit.Append(line).Append('\n');
        return unit.Append("#line default\n}\n}\n").ToString();
    }

    /// <summary>A using declaration has a value.</summary>
    private static bool IsUsingDirective(string line) =>
        line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=', StringComparison.Ordinal);
}
