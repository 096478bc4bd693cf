using System.Reflection;

namespace StreamPipes.Tests.Guards;

/// <summary>What a member overrides or implements, nearest first.</summary>
internal static class BaseMembers
{
    public static IEnumerable<MemberInfo> Of(MemberInfo member) => member switch
    {
        Type type => type.BaseType is { } parent ? type.GetInterfaces().Prepend(parent) : type.GetInterfaces(),
        ConstructorInfo => [],
        _ => Ancestors(member.DeclaringType!).SelectMany(type => type.GetMembers()).Where(other => IsSame(other, member)),
    };

    private static IEnumerable<Type> Ancestors(Type type)
    {
        for (Type? parent = type.BaseType; parent is not null; parent = parent.BaseType) yield return parent;
        foreach (Type contract in type.GetInterfaces()) yield return contract;
    }

    private static bool IsSame(MemberInfo other, MemberInfo member) =>
        other.MemberType == member.MemberType
        && string.Equals(other.Name, member.Name, StringComparison.Ordinal)
        && (other is not MethodInfo method || Types(method).SequenceEqual(Types((MethodInfo)member)));

    private static IEnumerable<Type> Types(MethodInfo method) => method.GetParameters().Select(parameter => parameter.ParameterType);
}
