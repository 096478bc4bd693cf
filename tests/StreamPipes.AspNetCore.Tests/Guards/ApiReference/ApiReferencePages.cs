using System.Reflection;
using StreamPipes.Framing;
using StreamPipes.StackExchangeRedis;
using StreamPipes.Testing;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>All pages of the API reference: an index, and one for each public type of all packages.</summary>
internal static class ApiReferencePages
{
    private static readonly Assembly[] Libraries = [typeof(PipeConnection).Assembly, typeof(PipeConnectionContext).Assembly, typeof(FrameReader).Assembly, typeof(VirtualNetwork).Assembly, typeof(ConfigurationOptionsExtensions).Assembly];

    public static string Folder => Path.Combine(Repository.Root, "docs", "api");

    /// <returns>The text of each page by its file name.</returns>
    public static IReadOnlyDictionary<string, string> Render()
    {
        Dictionary<string, string> pages = new(StringComparer.Ordinal);
        ApiLinks links = new(Libraries);
        List<string> index =
        [
            "# API reference",
            "Every public type and member, made from the comments in the sources ([how](../contributing.md#the-api-reference)). To begin, "
                + "read the [README](../../README.md#what-to-call) and the [concepts](../concepts.md).",
        ];
        foreach (Assembly library in Libraries)
        {
            XmlDocs docs = XmlDocs.Load(library);
            TypePage[] types = [.. library.GetExportedTypes().OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => new TypePage(type, docs, links))];
            index.Add($"## Package {library.GetName().Name}");
            index.Add(string.Join('\n', types.Select(page => page.IndexLine())));
            foreach (TypePage page in types) pages.Add(page.FileName, page.Render());
        }

        pages.Add("README.md", string.Join("\n\n", index) + "\n");
        return pages;
    }
}
