using System.Globalization;
using System.Reflection;

namespace StreamPipes.Tests.Guards;

/// <summary>The name that a type or a member has in a documentation file.</summary>
internal static class XmlDocsId
{
    public static string Of(MemberInfo member) => member switch
    {
        Type type => $"T:{TypeId(type)}",
        ConstructorInfo constructor => $"M:{Owner(member)}.#ctor{Parameters(constructor)}",
        MethodInfo method => $"M:{Owner(member)}.{method.Name}{Arity(method)}{Parameters(method)}",
        PropertyInfo => $"P:{Owner(member)}.{member.Name}",
        EventInfo => $"E:{Owner(member)}.{member.Name}",
        _ => $"F:{Owner(member)}.{member.Name}",
    };

    private static string Owner(MemberInfo member) => TypeId(member.DeclaringType!);

    private static string Arity(MethodInfo method) =>
        method.IsGenericMethod ? "``" + method.GetGenericArguments().Length.ToString(CultureInfo.InvariantCulture) : "";

    private static string Parameters(MethodBase method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        return parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => TypeId(parameter.ParameterType)))})";
    }

    private static string TypeId(Type type)
    {
        if (type.IsByRef) return TypeId(type.GetElementType()!) + "@";
        if (type.IsArray) return TypeId(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return (type.IsGenericMethodParameter ? "``" : "`") + type.GenericParameterPosition.ToString(CultureInfo.InvariantCulture);
        if (!type.IsConstructedGenericType) return type.FullName!.Replace('+', '.');
        return $"{type.Namespace}.{type.Name.Split('`')[0]}{{{string.Join(',', type.GetGenericArguments().Select(TypeId))}}}";
    }
}
