using System.Reflection;
using System.Xml.Linq;

namespace StreamPipes.Tests.Guards;

/// <summary>The documentation file that the compiler wrote for the library.</summary>
internal sealed class XmlDocs
{
    private readonly Dictionary<string, XElement> _members;

    private XmlDocs(XDocument document) => _members = document.Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    public static XmlDocs Load(Assembly assembly) => new(XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")));

    public XElement? Find(MemberInfo member) => _members.GetValueOrDefault(IdOf(member));

    private static string IdOf(MemberInfo member) => member switch
    {
        Type type => $"T:{type.FullName}",
        ConstructorInfo constructor => $"M:{Owner(member)}.#ctor{Parameters(constructor)}",
        MethodInfo method => $"M:{Owner(member)}.{method.Name}{Parameters(method)}",
        PropertyInfo => $"P:{Owner(member)}.{member.Name}",
        EventInfo => $"E:{Owner(member)}.{member.Name}",
        _ => $"F:{Owner(member)}.{member.Name}",
    };

    private static string Owner(MemberInfo member) => member.DeclaringType!.FullName!;

    private static string Parameters(MethodBase method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        return parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => TypeId(parameter.ParameterType)))})";
    }

    private static string TypeId(Type type)
    {
        if (type.IsByRef) return TypeId(type.GetElementType()!) + "@";
        if (type.IsArray) return TypeId(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return type.FullName!;
        return $"{type.Namespace}.{type.Name.Split('`')[0]}{{{string.Join(',', type.GetGenericArguments().Select(TypeId))}}}";
    }
}
