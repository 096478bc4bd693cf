using System.Reflection;
using System.Xml.Linq;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>The page of one public type: what is written about it, then about each of its members.</summary>
internal sealed class TypePage(Type type, XmlDocs docs, ApiLinks links)
{
    private readonly DocsText _text = new(links, type);

    public string FileName => ApiLinks.FileOf(type);

    public string Render() => string.Join("\n\n", Blocks()) + "\n";

    /// <summary>The first sentence, for the index.</summary>
    public string IndexLine() => $"- [`{Signature.NameOf(type)}`]({FileName}): {FirstSentence(new DocsText(links, typeof(void)).Line(docs.Find(type)?.Element("summary")))}";

    private IEnumerable<string> Blocks()
    {
        XElement written = docs.Find(type)!;
        MemberInfo[] members = [.. WrittenMembers()];
        yield return type.IsGenericType ? $"# `{Signature.NameOf(type)}`" : $"# {type.Name}";
        yield return $"[API reference](README.md), package `{type.Assembly.GetName().Name}`. {Targets.Note(type)}".TrimEnd();
        yield return Fenced(Signature.Of(type));
        foreach (string block in _text.Blocks(written.Element("summary"))) yield return block;
        if (List(written, "typeparam", "name") is { Length: > 0 } typeParameters) yield return $"Type parameters:\n\n{typeParameters}";
        foreach (string block in _text.Blocks(written.Element("remarks"))) yield return block;
        if (members.Length > 1 && !type.IsEnum) yield return string.Join('\n', members.Select(member => $"- [`{MemberHeading.Of(member)}`](#{MemberHeading.AnchorOf(member)})"));
        foreach (string block in members.SelectMany(BlocksOf)) yield return block;
    }

    private IEnumerable<string> BlocksOf(MemberInfo member)
    {
        XElement written = docs.Find(member)!;
        yield return $"## `{MemberHeading.Of(member)}`";
        yield return Fenced(Signature.Of(member));
        if (Targets.Note(member) is { Length: > 0 } note) yield return note;
        foreach (string block in _text.Blocks(written.Element("summary"))) yield return block;
        if (List(written, "typeparam", "name") is { Length: > 0 } typeParameters) yield return $"Type parameters:\n\n{typeParameters}";
        if (List(written, "param", "name") is { Length: > 0 } parameters) yield return $"Parameters:\n\n{parameters}";
        if (_text.Line(written.Element("returns")) is { Length: > 0 } returns) yield return $"Returns: {returns}";
        if (List(written, "exception", "cref") is { Length: > 0 } exceptions) yield return $"Exceptions:\n\n{exceptions}";
        foreach (string block in _text.Blocks(written.Element("remarks"))) yield return block;
    }

    /// <summary>Constants in their order, all else by kind and name. A constructor that the compiler makes is nowhere to be described.</summary>
    private IEnumerable<MemberInfo> WrittenMembers() => PublicApiRenderer.MembersOf(type)
        .Where(member => docs.Find(member) is not null)
        .OrderBy(member => member.MemberType switch { MemberTypes.Constructor => 0, MemberTypes.Field => 1, MemberTypes.Property => 2, _ => 3 })
        .ThenBy(member => type.IsEnum ? Convert.ToInt32(((FieldInfo)member).GetRawConstantValue(), provider: null) : 0)
        .ThenBy(MemberHeading.Of, StringComparer.Ordinal);

    private string List(XElement written, string kind, string attribute) => string.Join('\n', written.Elements(kind).Select(item =>
    {
        string name = item.Attribute(attribute)!.Value;
        return $"- {(attribute is "cref" ? links.To(name, type) : $"`{name}`")}: {_text.Line(item)}";
    }));

    private static string Fenced(string declaration) => $"```cs\n{declaration}\n```";

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 ? text[..(end + 1)] : text;
}
