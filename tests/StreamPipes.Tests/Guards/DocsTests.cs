using System.Text.RegularExpressions;

namespace StreamPipes.Tests.Guards;

/// <summary>The README and the docs stay short, lead somewhere, and tell only of what exists. Their snippets: <see cref="PackageTests"/>.</summary>
public sealed partial class DocsTests
{
    public static TheoryData<string> PageNames => [.. MarkdownPage.All.Select(page => page.Name)];

    [Fact]
    public void The_readme_has_at_most_150_lines() => Page("README.md").Lines.Should().HaveCountLessThanOrEqualTo(150);

    [Fact]
    public void The_readme_leads_to_every_page_of_the_docs()
    {
        string[] linked = [.. Page("README.md").RelativeLinks.Select(link => link.Split('#')[0])];
        linked.Should().Contain(MarkdownPage.All.Select(page => page.Name).Where(name => PageOfDocsPattern().IsMatch(name)));
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_relative_link_leads_to_a_file_and_to_a_heading_in_it(string name)
    {
        MarkdownPage page = Page(name);
        foreach (string link in page.RelativeLinks)
        {
            string[] parts = link.Split('#');
            string target = parts[0].Length == 0 ? page.FullPath : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.FullPath)!, parts[0]));
            (File.Exists(target) || Directory.Exists(target)).Should().BeTrue($"{name} links to {link}");
            if (parts.Length > 1) MarkdownPage.Read(target).Anchors.Should().Contain(parts[1], $"{name} links to {link}");
        }
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_project_named_in_a_command_exists(string name)
    {
        foreach (Match match in ProjectPattern().Matches(string.Join('\n', Page(name).Lines)))
        {
            string project = Path.Combine(Repository.Root, match.Groups["path"].Value);
            (File.Exists(project) || Directory.Exists(project)).Should().BeTrue($"{name} says {match.Value}");
        }
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_file_and_folder_named_in_a_page_exists(string name)
    {
        MarkdownPage page = Page(name);
        bool isOfSample = name.StartsWith("docs/samples/", StringComparison.Ordinal);

        // Without a folder it is the reader's own, as is Program.cs, but where a page speaks of its sample.
        foreach (string path in page.InlineCode.Where(code => FilePattern().IsMatch(code) && (isOfSample || code.Contains('/', StringComparison.Ordinal))))
        {
            string[] candidates = [Path.Combine(Path.GetDirectoryName(page.FullPath)!, path), Path.Combine(Repository.Root, path)];
            candidates.Should().Contain(candidate => Path.Exists(candidate), $"{name} names {path}");
        }
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_member_of_the_library_named_in_a_page_exists(string name)
    {
        string api = string.Concat(
            File.ReadAllText(PublicApiSnapshot.PathOf("net10.0")),
            File.ReadAllText(Path.Combine(Repository.Root, "tests", "StreamPipes.Framing.Tests", "Guards", "PublicApi.net10.0.txt")),
            File.ReadAllText(Path.Combine(Repository.Root, "tests", "StreamPipes.Testing.Tests", "Guards", "PublicApi.net10.0.txt")));
        foreach (string code in Page(name).InlineCode)
        {
            foreach (Match match in MemberPattern().Matches(code))
            {
                Regex.IsMatch(api, $@"\b{Regex.Escape(match.Value)}\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
                    .Should().BeTrue($"{name} names {match.Value}");
            }
        }
    }

    private static MarkdownPage Page(string name) => MarkdownPage.All.Single(page => string.Equals(page.Name, name, StringComparison.Ordinal));

    [GeneratedRegex(@"^docs/([^/]+|how-to/[^/]+|api/README|samples/[^/]+/README)\.md$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PageOfDocsPattern();

    [GeneratedRegex(@"^\w[\w./-]*(\.(cs|cfg|md|sh|props|sln)|/)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FilePattern();

    [GeneratedRegex(@"--project (?<path>[\w./-]+)|dotnet (test|pack|build) (?<path>(src|tests|docs)/[\w./-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProjectPattern();

    [GeneratedRegex(@"\b(StreamConnection|SocketConnection|TlsConnection|TlsSession|DetachedStream|DuplexPipe|PipeConnectionOptions|PipeConnection|PipeListenerOptions|PipeListener|SharedPipeWriter|PipeWriterLease|RelayResult|PumpScheduling|CloseReason|FrameFormat|FrameReader|FrameWriter|FrameLease|FrameException|LengthPrefixOptions)\.[A-Z]\w*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MemberPattern();
}
