using System.Text.RegularExpressions;

namespace StreamPipes.Tests.Guards;

/// <summary>A page of the docs: its links, headings, snippets and inline code.</summary>
internal sealed partial class MarkdownPage
{
    private readonly List<string> _prose = [];
    private readonly List<string> _shellLines = [];
    private readonly List<Snippet> _programs = [];

    private MarkdownPage(string path, string[] lines)
    {
        FullPath = path;
        Name = Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');
        Lines = lines;
        Snippets = Split();
    }

    /// <summary>What a registry shows of each package.</summary>
    public static IReadOnlyList<MarkdownPage> OfPackages { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Order(StringComparer.Ordinal).Select(folder => Read(Path.Combine(folder, "README.md")))];

    /// <summary>The README, the pages of the packages, and every page below docs.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } = ReadAll();

    public string FullPath { get; }

    public string Name { get; }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>The C# blocks, in order.</summary>
    public IReadOnlyList<Snippet> Snippets { get; }

    /// <summary>The C# blocks that are marked as whole programs, which serve until they are stopped.</summary>
    public IReadOnlyList<Snippet> Programs => _programs;

    /// <summary>The lines of the shell blocks, without comments.</summary>
    public IReadOnlyList<string> ShellLines => _shellLines;

    /// <summary>The targets of the links that lead somewhere in the repository.</summary>
    public IEnumerable<string> RelativeLinks => _prose
        .SelectMany(line => LinkPattern().Matches(InlineCodePattern().Replace(line, "")))
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>The headings as the anchors that a browser of the repository makes of them.</summary>
    public IEnumerable<string> Anchors => _prose
        .Where(line => line.StartsWith('#'))
        .Select(line => NoAnchorPattern().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>What stands in single backticks outside of code blocks.</summary>
    public IEnumerable<string> InlineCode => _prose.SelectMany(line => InlineCodePattern().Matches(line)).Select(match => match.Value.Trim('`'));

    public static MarkdownPage Read(string path) => new(path, File.ReadAllLines(path));

    private static List<MarkdownPage> ReadAll()
    {
        IEnumerable<string> docs = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        return [Read(Path.Combine(Repository.Root, "README.md")), .. OfPackages, .. docs.Select(Read)];
    }

    private List<Snippet> Split()
    {
        List<Snippet> snippets = [];
        List<string>? block = null;
        string heading = "";
        string language = "";
        int start = 0;
        for (int i = 0; i < Lines.Count; i++)
        {
            string line = Lines[i];
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (block is not null && string.Equals(language, "csharp", StringComparison.Ordinal)) snippets.Add(new Snippet(Name, heading, start, block));
                if (block is not null && language is "csharp program") _programs.Add(new Snippet(Name, heading, start, block));
                if (block is not null && language is "sh") _shellLines.AddRange(block.Select(text => CommentPattern().Replace(text, "").TrimEnd()));
                block = block is null ? [] : null;
                language = line[3..].Trim();
                start = i + 2;
            }
            else if (block is not null)
            {
                block.Add(line);
            }
            else
            {
                _prose.Add(line);
                if (line.StartsWith('#')) heading = line.TrimStart('#').Trim();
            }
        }

        return snippets;
    }

    [GeneratedRegex("(^| )#.*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommentPattern();

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LinkPattern();

    [GeneratedRegex("`[^`]+`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InlineCodePattern();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NoAnchorPattern();
}
