using System.Reflection;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>Where each public type and member stands in the pages, by its name in the documentation files.</summary>
internal sealed class ApiLinks
{
    private readonly Dictionary<string, MemberInfo> _members;

    public ApiLinks(IEnumerable<Assembly> libraries) => _members = libraries
        .SelectMany(library => library.GetExportedTypes())
        .SelectMany(type => PublicApiRenderer.MembersOf(type).Prepend(type))
        .ToDictionary(XmlDocsId.Of, StringComparer.Ordinal);

    /// <summary>The mark before the number of type parameters would end the code around a name.</summary>
    public static string FileOf(Type type) => $"{type.FullName!.Replace('`', '-')}.md";

    /// <param name="id">The name of what is meant.</param>
    /// <param name="page">The type on whose page the link stands.</param>
    /// <returns>A link to a page, or, for what is not in these libraries, its short name alone.</returns>
    public string To(string id, Type page)
    {
        if (!_members.TryGetValue(id, out MemberInfo? member)) return $"`{ShortName(id)}`";
        if (member is Type type) return type == page ? $"`{Signature.NameOf(type)}`" : $"[`{Signature.NameOf(type)}`]({FileOf(type)})";
        Type owner = member.DeclaringType!;
        string anchor = MemberHeading.AnchorOf(member);
        return owner == page ? $"[`{member.Name}`](#{anchor})" : $"[`{owner.Name.Split('`')[0]}.{member.Name}`]({FileOf(owner)}#{anchor})";
    }

    /// <summary>A type's name without its namespace, a member's with its type's.</summary>
    private static string ShortName(string id)
    {
        string[] parts = id[2..].Split('(')[0].Split('.');
        string name = parts[^1].Split('`')[0];
        return id[0] == 'T' ? name : $"{parts[^2].Split('`')[0]}.{name}";
    }
}
