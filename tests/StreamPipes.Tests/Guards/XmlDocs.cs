using System.Reflection;
using System.Xml.Linq;

namespace StreamPipes.Tests.Guards;

/// <summary>The documentation file that the compiler wrote for a library.</summary>
internal sealed class XmlDocs
{
    private readonly Dictionary<string, XElement> _members;

    private XmlDocs(XDocument document) => _members = document.Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    public static XmlDocs Load(Assembly assembly) => new(XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")));

    public static XmlDocs Parse(string xml) => new(XDocument.Parse(xml, LoadOptions.PreserveWhitespace));

    /// <summary>What is written about a member; where that is <c>inheritdoc</c>, what is written about the one it names or overrides.</summary>
    public XElement? Find(MemberInfo member)
    {
        XElement? written = _members.GetValueOrDefault(XmlDocsId.Of(member));
        if (written?.Element("inheritdoc") is not { } inherited) return written;
        return inherited.Attribute("cref")?.Value is { } named
            ? _members.GetValueOrDefault(named)
            : BaseMembers.Of(member).Select(Find).FirstOrDefault(found => found is not null);
    }
}
