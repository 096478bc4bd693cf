using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace StreamPipes.Tests.Guards;

/// <summary>The library's folders are rooms, one above the other. What is in one knows what is below, and nothing above.</summary>
public sealed partial class RoomTests
{
    private const int MostFilesInAFolder = 16;

    /// <summary>A file for each public type, and for each target's part of one.</summary>
    private const int MostFilesInTheFacade = 20;
    private const int MostConditions = 19;

    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>From the top down. Rooms of one line lie beside each other, and neither knows the other.</summary>
    private static readonly string[][] Rooms =
    [
        ["facade"],
        ["Dialing", "Listening"],
        ["Tls"],
        ["PipeStreams"],
        ["Connection"],
        ["Receiving", "Sending"],
        ["State"],
        ["Transports"],
        ["Scheduling"],
        ["Buffers"],
        ["Common"],
        ["vocabulary"],
        ["ProxyProtocol"],
    ];

    /// <summary>The entry points. The other public types are plain data, which every room may use.</summary>
    private static readonly string[] Facade = ["StreamConnection", "SocketConnection", "TlsConnection", "DuplexPipe", "PipeListener", "SharedPipeWriter", "PipeConnection"];

    /// <summary>Arrows that still point up: to be removed, never to be added to.</summary>
    private static readonly string[] ToBeRemoved =
    [
    ];

    private static string Source => Path.Combine(Repository.Root, "src", "StreamPipes");

    private static IEnumerable<string> Files => Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(file => !FolderOf(file).StartsWith("obj", StringComparison.Ordinal) && !FolderOf(file).StartsWith("bin", StringComparison.Ordinal));

    [Fact]
    public void No_type_knows_one_of_a_room_above_its_own()
    {
        string[] upward =
        [
            .. typeof(PipeConnection).Assembly.GetTypes()
                .SelectMany(type => TypesIn(type).Where(other => IsUpward(type, other)).Select(other => $"{NameOf(type)} -> {NameOf(other)}"))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        upward.Except(ToBeRemoved, StringComparer.Ordinal).Should().BeEmpty();
    }

    [Fact]
    public void No_folder_holds_more_files_than_can_be_taken_in_at_a_glance() => Files
        .GroupBy(FolderOf, StringComparer.Ordinal)
        .Where(folder => folder.Count() > (string.Equals(folder.Key, ".", StringComparison.Ordinal) ? MostFilesInTheFacade : MostFilesInAFolder))
        .Select(folder => $"{folder.Key}: {folder.Count()} files")
        .Should().BeEmpty();

    [Fact]
    public void Few_places_differ_by_framework_inside_a_file() => Files
        .SelectMany(file => File.ReadLines(file).Where(line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"))
        .Should().HaveCountLessThanOrEqualTo(MostConditions);

    [Fact]
    public void Namespaces_follow_folders() => Files
        .Select(file => (File: Path.GetRelativePath(Source, file), Expected: NamespaceOf(FolderOf(file)), Actual: NamespacePattern.Match(File.ReadAllText(file)).Groups["name"].Value))
        .Where(found => !string.Equals(found.Expected, found.Actual, StringComparison.Ordinal))

        // The compiler looks for it there.
        .Where(found => !string.Equals(Path.GetFileName(found.File), "IsExternalInit.cs", StringComparison.Ordinal))
        .Should().BeEmpty();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamespacePattern { get; }

    private static string FolderOf(string file) => Path.GetRelativePath(Source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');

    private static string NamespaceOf(string folder) => string.Equals(folder, ".", StringComparison.Ordinal) ? "StreamPipes" : $"StreamPipes.{folder.Replace('/', '.')}";

    private static bool IsUpward(Type from, Type to)
    {
        (string fromRoom, string toRoom) = (RoomOf(from), RoomOf(to));
        return !string.Equals(fromRoom, toRoom, StringComparison.Ordinal) && LevelOf(toRoom) <= LevelOf(fromRoom);
    }

    private static int LevelOf(string room)
    {
        int level = Array.FindIndex(Rooms, line => line.Contains(room, StringComparer.Ordinal));
        return level >= 0 ? level : throw new InvalidOperationException($"{room} is no room of the library: say in {nameof(Rooms)} where it belongs.");
    }

    private static string RoomOf(Type type)
    {
        Type outermost = OutermostOf(type);
        if (outermost.Namespace is not { } name || outermost.Namespace.Length == "StreamPipes".Length)
        {
            // What the compiler makes for all of an assembly belongs to nobody.
            return Facade.Contains(outermost.Name, StringComparer.Ordinal) ? "facade" : "vocabulary";
        }

        return name.Split('.')[1];
    }

    /// <summary>It stands in for a type of the framework, which every room may use.</summary>
    private static bool IsPolyfill(Type type) => string.Equals(type.Namespace, "StreamPipes.Common.Polyfills", StringComparison.Ordinal);

    private static Type OutermostOf(Type type) => type.DeclaringType is { } outer ? OutermostOf(outer) : type;

    private static string NameOf(Type type) => $"{RoomOf(type)}.{OutermostOf(type).Name.Split('`')[0]}";

    /// <summary>What a type names of the library: what it derives from, what it holds, takes and returns, and what its methods keep in variables.</summary>
    private static IEnumerable<Type> TypesIn(Type type) => new[] { type.BaseType }
        .Concat(type.GetInterfaces())
        .Concat(type.GetGenericArguments().SelectMany(argument => argument.IsGenericParameter ? argument.GetGenericParameterConstraints() : []))
        .Concat(type.GetFields(Declared).Select(field => field.FieldType))
        .Concat(type.GetProperties(Declared).Select(property => property.PropertyType))
        .Concat(type.GetMethods(Declared).SelectMany(method => TypesIn(method).Prepend(method.ReturnType)))
        .Concat(type.GetConstructors(Declared).SelectMany(TypesIn))
        .SelectMany(Elements)
        .Where(found => found.Assembly == type.Assembly && !found.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && !IsPolyfill(found));

    private static IEnumerable<Type?> TypesIn(MethodBase method) => method.GetParameters().Select(parameter => parameter.ParameterType)
        .Concat(method.GetMethodBody()?.LocalVariables.Select(variable => variable.LocalType) ?? [])
        .Concat(CalledTypes.Of(method));

    /// <summary>A type, and what it is made of: <c>Task&lt;T[]&gt;</c> names three.</summary>
    private static IEnumerable<Type> Elements(Type? type)
    {
        if (type is null || type.IsGenericParameter) return [];
        if (type.HasElementType) return Elements(type.GetElementType());
        Type definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return type.GetGenericArguments().SelectMany(Elements).Prepend(definition);
    }
}
