using System.Reflection;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>The heading over a member: its name, the types of its parameters where there are overloads, and its type parameters where only they differ.</summary>
internal static class MemberHeading
{
    public static string Of(MemberInfo member)
    {
        string heading = WithoutTypeParameters(member);
        bool isShared = PublicApiRenderer.MembersOf(member.DeclaringType!).Count(other => string.Equals(WithoutTypeParameters(other), heading, StringComparison.Ordinal)) > 1;
        return isShared && member is MethodInfo { IsGenericMethod: true } generic
            ? $"{member.Name}<{string.Join(", ", generic.GetGenericArguments().Select(argument => argument.Name))}>{heading[member.Name.Length..]}"
            : heading;
    }

    /// <summary>As a browser of the repository makes it of the heading.</summary>
    public static string AnchorOf(MemberInfo member) =>
        string.Concat(Of(member).ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '_' or '-')).Replace(' ', '-');

    private static string WithoutTypeParameters(MemberInfo member)
    {
        string name = member is ConstructorInfo ? member.DeclaringType!.Name.Split('`')[0] : member.Name;
        bool isOverloaded = PublicApiRenderer.MembersOf(member.DeclaringType!).Count(other => string.Equals(other.Name, member.Name, StringComparison.Ordinal)) > 1;
        return member is MethodBase method && (isOverloaded || member is ConstructorInfo)
            ? $"{name}({string.Join(", ", method.GetParameters().Select(parameter => Signature.Short(TypeText.Of(parameter))))})"
            : name;
    }
}
