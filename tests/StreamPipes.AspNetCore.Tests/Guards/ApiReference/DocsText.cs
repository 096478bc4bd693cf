using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>The comments of one type and its members as Markdown.</summary>
internal sealed partial class DocsText(ApiLinks links, Type page)
{
    /// <summary>One line, for a place that has no room for more.</summary>
    public string Line(XElement? element) => element is null ? "" : Inline(element.Nodes());

    /// <summary>Paragraphs, lists and code, each a block of its own.</summary>
    public IEnumerable<string> Blocks(XElement? element)
    {
        List<XNode> running = [];
        foreach (XNode node in element?.Nodes() ?? [])
        {
            if (node is not XElement { Name.LocalName: "para" or "code" or "list" } block)
            {
                running.Add(node);
                continue;
            }

            if (Inline(running) is { Length: > 0 } before) yield return before;
            running.Clear();
            yield return block.Name.LocalName switch
            {
                "code" => Code(block),
                "list" => string.Join('\n', block.Elements("item").Select(item => $"- {Inline((item.Element("description") ?? item).Nodes())}")),
                _ => Inline(block.Nodes()),
            };
        }

        if (Inline(running) is { Length: > 0 } rest) yield return rest;
    }

    private string Inline(IEnumerable<XNode> nodes) => WhitespacePattern().Replace(string.Concat(nodes.Select(Inline)), " ").Trim();

    private string Inline(XNode node) => node switch
    {
        XText text => text.Value.Replace("<", "\\<", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal),
        XElement element => Inline(element),
        _ => "",
    };

    private string Inline(XElement element) => element.Name.LocalName switch
    {
        "see" or "seealso" => See(element),
        "paramref" or "typeparamref" => $"`{element.Attribute("name")!.Value}`",
        "c" => $"`{element.Value}`",
        "b" => $"**{Inline(element.Nodes())}**",
        "i" => $"*{Inline(element.Nodes())}*",
        _ => throw new NotSupportedException($"{page}: <{element.Name}> has no form in Markdown yet."),
    };

    private string See(XElement element)
    {
        if (element.Attribute("langword")?.Value is { } word) return $"`{word}`";
        if (element.Attribute("href")?.Value is { } target) return $"[{(element.Value.Length > 0 ? element.Value : target)}]({target})";
        return links.To(element.Attribute("cref")!.Value, page);
    }

    private static string Code(XElement block)
    {
        string[] lines = block.Value.Trim('\n').TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return $"```csharp\n{string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : ""))}\n```";
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhitespacePattern();
}
