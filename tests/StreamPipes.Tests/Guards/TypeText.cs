using System.Reflection;

namespace StreamPipes.Tests.Guards;

/// <summary>Types as a reader of C# expects them, with their nullability.</summary>
internal static class TypeText
{
    public static string Of(ParameterInfo parameter)
    {
        string text = Of(new NullabilityInfoContext().Create(parameter));
        return parameter.ParameterType.IsByRef && (parameter.IsOut || parameter.IsIn) ? (parameter.IsOut ? "out " : "in ") + text["ref ".Length..] : text;
    }

    public static string Of(PropertyInfo property) => Of(new NullabilityInfoContext().Create(property));

    public static string Of(Type type) => Of(type, []);

    /// <summary>The keyword of its declaration, with what must stand before that.</summary>
    public static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Of(NullabilityInfo info)
    {
        // Of a type parameter without constraints nothing is known.
        bool isOpen = (info.Type.IsByRef ? info.Type.GetElementType()! : info.Type).IsGenericParameter;
        bool isNullable = !info.Type.IsValueType && !isOpen && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable);
        return Of(info.Type, info.GenericTypeArguments) + (isNullable ? "?" : "");
    }

    private static string Of(Type type, NullabilityInfo[] arguments)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Of(underlying) + "?";
        if (type.IsByRef) return "ref " + Of(type.GetElementType()!);
        if (type.IsArray) return Of(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return Simple(type);
        string[] texts = arguments.Length > 0 ? [.. arguments.Select(Of)] : [.. type.GetGenericArguments().Select(Of)];
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true) return $"({string.Join(", ", texts)})";
        return $"{type.Namespace}.{type.Name.Split('`')[0]}<{string.Join(", ", texts)}>";
    }

    private static string Simple(Type type) => type.FullName switch
    {
        "System.Void" => "void",
        "System.Boolean" => "bool",
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.String" => "string",
        "System.Object" => "object",
        string name => name,
        null => type.Name,
    };
}
