using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>The pages in docs/api say what the comments in the sources say.</summary>
public sealed class ApiReferenceTests
{
    private const string WriteVariable = "STREAMPIPES_WRITE_API";

    [Fact]
    public async Task The_pages_are_those_that_the_comments_make()
    {
        IReadOnlyDictionary<string, string> rendered = ApiReferencePages.Render();
        if (string.Equals(Environment.GetEnvironmentVariable(WriteVariable), "1", StringComparison.Ordinal)) await WriteAsync(rendered);
        Dictionary<string, string> approved = Directory.EnumerateFiles(ApiReferencePages.Folder).ToDictionary(path => Path.GetFileName(path)!, File.ReadAllText, StringComparer.Ordinal);
        string[] different = [.. rendered.Keys.Union(approved.Keys, StringComparer.Ordinal)
            .Where(name => !string.Equals(rendered.GetValueOrDefault(name), approved.GetValueOrDefault(name), StringComparison.Ordinal))];
        different.Should().BeEmpty($"docs/api follows the comments; {WriteVariable}=1 dotnet test --filter FullyQualifiedName~ApiReference writes it anew");
    }

    [Fact]
    public void A_comment_that_is_inherited_is_written_out()
    {
        const string Summary = "<summary>Takes <paramref name=\"turn\"/>s, see <see cref=\"P:StreamPipes.PipeConnection.Input\"/>.</summary>";
        XmlDocs docs = XmlDocs.Parse($"""
            <doc><members>
            <member name="{XmlDocsId.Of(typeof(IGame).GetMethod(nameof(IGame.Play))!)}">{Summary}</member>
            <member name="{XmlDocsId.Of(typeof(Chess).GetMethod(nameof(Chess.Play))!)}"><inheritdoc/></member>
            <member name="{XmlDocsId.Of(typeof(Chess))}"><inheritdoc cref="{XmlDocsId.Of(typeof(IGame).GetMethod(nameof(IGame.Play))!)}"/></member>
            </members></doc>
            """);
        DocsText text = new(new ApiLinks([typeof(PipeConnection).Assembly]), typeof(Chess));
        foreach (string line in new[] { text.Line(docs.Find(typeof(Chess))?.Element("summary")), text.Line(docs.Find(typeof(Chess).GetMethod(nameof(Chess.Play))!)?.Element("summary")) })
        {
            line.Should().Be("Takes `turn`s, see [`PipeConnection.Input`](StreamPipes.PipeConnection.md#input).");
        }
    }

    private static async Task WriteAsync(IReadOnlyDictionary<string, string> pages)
    {
        if (Directory.Exists(ApiReferencePages.Folder)) Directory.Delete(ApiReferencePages.Folder, recursive: true);
        Directory.CreateDirectory(ApiReferencePages.Folder);
        foreach ((string name, string text) in pages) await File.WriteAllTextAsync(Path.Combine(ApiReferencePages.Folder, name), text);
    }

    private interface IGame
    {
        void Play(int turn);
    }

    private sealed class Chess : IGame
    {
        public void Play(int turn) => throw new NotSupportedException();
    }
}
