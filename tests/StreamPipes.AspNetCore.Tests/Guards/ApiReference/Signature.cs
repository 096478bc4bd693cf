using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>Declarations of types and members as they stand in C#, without namespaces.</summary>
internal static partial class Signature
{
    public static string Of(Type type)
    {
        string[] bases = [.. Bases(type).Select(parent => Short(TypeText.Of(parent)))];
        return $"public {TypeText.Kind(type)} {NameOf(type)}{(bases.Length > 0 ? " : " : "")}{string.Join(", ", bases)}{Constraints(type.GetGenericArguments())}";
    }

    /// <summary>The name of a type with those of its type parameters.</summary>
    public static string NameOf(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(argument => argument.Name))}>" : type.Name;

    public static string Of(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"public {constructor.DeclaringType!.Name}({Parameters(constructor)})",
        MethodInfo method => $"public {Modifier(method)}{Short(TypeText.Of(method.ReturnParameter))} {method.Name}{TypeParameters(method)}({Parameters(method)}){Constraints(method.IsGenericMethod ? method.GetGenericArguments() : [])}",
        PropertyInfo property => $"public {Modifier(property.GetMethod!)}{Short(TypeText.Of(property))} {property.Name} {{ {Accessors(property)} }}",
        FieldInfo { IsLiteral: true, DeclaringType.IsEnum: true } field => $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
        FieldInfo { IsLiteral: true } field => $"public const {Short(TypeText.Of(field.FieldType))} {field.Name} = {Literal(field.GetRawConstantValue())}",
        _ => throw new NotSupportedException($"A public member of an unexpected kind: {member}."),
    };

    public static string Short(string typeText) => NamespacePattern().Replace(typeText, "");

    /// <summary>What the type itself adds to its base type.</summary>
    private static IEnumerable<Type> Bases(Type type)
    {
        if (type.IsEnum) return [];
        Type? parent = type.BaseType is { } found && found != typeof(object) && found != typeof(ValueType) ? found : null;
        IEnumerable<Type> contracts = type.GetInterfaces().Where(contract => contract.IsVisible).Except(parent?.GetInterfaces() ?? []).OrderBy(contract => contract.Name, StringComparer.Ordinal);
        return parent is null ? contracts : contracts.Prepend(parent);
    }

    private static string Modifier(MethodInfo method) => method switch
    {
        { IsStatic: true } => "static ",
        _ when method.GetBaseDefinition() != method => "override ",
        _ => "",
    };

    private static string Accessors(PropertyInfo property)
    {
        if (property.SetMethod is not { IsPublic: true } set) return "get;";
        bool isInit = set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        return isInit ? "get; init;" : "get; set;";
    }

    private static string TypeParameters(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Constraints(Type[] arguments) => string.Concat(arguments
        .Where(argument => argument.GetGenericParameterConstraints().Length > 0)
        .Select(argument => $" where {argument.Name} : {string.Join(", ", argument.GetGenericParameterConstraints().Select(type => Short(TypeText.Of(type))))}"));

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.Position == 0 && method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "")}{Short(TypeText.Of(parameter))} {parameter.Name}{Default(parameter)}"));

    private static string Default(ParameterInfo parameter) => parameter switch
    {
        { HasDefaultValue: false } => "",
        { DefaultValue: null, ParameterType.IsValueType: true } => " = default",
        _ => $" = {Literal(parameter.DefaultValue)}",
    };

    private static string Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"(\w+\.)+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamespacePattern();
}
