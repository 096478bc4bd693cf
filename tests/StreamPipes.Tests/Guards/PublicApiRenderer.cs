using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace StreamPipes.Tests.Guards;

/// <summary>Renders what an assembly offers to others: one line for each type and each member, sorted.</summary>
internal static class PublicApiRenderer
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static IEnumerable<string> Render(Assembly assembly) => assembly.GetExportedTypes()
        .SelectMany(type => MembersOf(type).Select(member => $"{type.FullName}.{RenderMember(member)}").Prepend(RenderType(type)))
        .Order(StringComparer.Ordinal);

    public static IEnumerable<MemberInfo> MembersOf(Type type) => type.GetMembers(Declared).Where(IsVisible);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => IsVisible(constructor),
        MethodInfo method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        EventInfo e => IsVisible(e.AddMethod!),
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        _ => false,
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string RenderType(Type type)
    {
        IEnumerable<string> bases = type.IsEnum ? [] : type.GetInterfaces().Where(i => i.IsVisible).Select(i => TypeText.Of(i)).Order(StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(Enum) && parent != typeof(ValueType)) bases = bases.Prepend(TypeText.Of(parent));
        return $"{type.FullName}: {string.Join(", ", bases.Prepend(TypeText.Kind(type)))}";
    }

    private static string RenderMember(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{method.Name}({Parameters(method)}): {TypeText.Of(method.ReturnParameter)}{(method.IsStatic ? ", static" : "")}",
        PropertyInfo property => $"{property.Name} {{ {string.Join(' ', Accessors(property))} }}: {TypeText.Of(property)}{(property.GetAccessors(nonPublic: true)[0].IsStatic ? ", static" : "")}",
        EventInfo e => $"{e.Name}: event {TypeText.Of(e.EventHandlerType!)}",
        FieldInfo { IsLiteral: true } field => $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
        FieldInfo field => $"{field.Name}: {TypeText.Of(field.FieldType)}",
        _ => throw new NotSupportedException($"A public member of an unexpected kind: {member}."),
    };

    private static IEnumerable<string> Accessors(PropertyInfo property)
    {
        if (property.GetMethod is { } get && IsVisible(get)) yield return "get;";
        if (property.SetMethod is not { } set || !IsVisible(set)) yield break;
        bool isInit = set.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => string.Equals(modifier.Name, "IsExternalInit", StringComparison.Ordinal));
        yield return isInit ? "init;" : "set;";
    }

    private static string Parameters(MethodBase method)
    {
        bool isExtension = method.IsDefined(typeof(ExtensionAttribute), inherit: false);
        return string.Join(", ", method.GetParameters().Select(Render));

        string Render(ParameterInfo parameter)
        {
            string text = $"{(isExtension && parameter.Position == 0 ? "this " : "")}{TypeText.Of(parameter)} {parameter.Name}";
            if (!parameter.HasDefaultValue) return text;
            string value = parameter.DefaultValue switch
            {
                null => parameter.ParameterType.IsValueType ? "default" : "null",
                bool flag => flag ? "true" : "false",
                object other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
            };
            return $"{text} = {value}";
        }
    }
}
