using System.Reflection;
using StreamPipes.Framing;
using StreamPipes.StackExchangeRedis;
using StreamPipes.Testing;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards.ApiReference;

/// <summary>What netstandard2.0 lacks, as the approved API of that target tells.</summary>
internal static class Targets
{
    private static readonly Dictionary<Assembly, string[]> Standard = new()
    {
        [typeof(PipeConnection).Assembly] = File.ReadAllLines(Path.Combine(Repository.GuardsFolder, "PublicApi.netstandard2.0.txt")),
        [typeof(FrameReader).Assembly] = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "StreamPipes.Framing.Tests", "Guards", "PublicApi.netstandard2.0.txt")),
        [typeof(VirtualNetwork).Assembly] = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "StreamPipes.Testing.Tests", "Guards", "PublicApi.netstandard2.0.txt")),
        [typeof(ConfigurationOptionsExtensions).Assembly] = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "StreamPipes.StackExchangeRedis.Tests", "Guards", "PublicApi.netstandard2.0.txt")),
    };

    /// <returns>Nothing, if all targets have it, or if it is told of the whole package or type already.</returns>
    public static string Note(MemberInfo member)
    {
        Type type = member as Type ?? member.DeclaringType!;
        if (!Standard.TryGetValue(type.Assembly, out string[]? standard)) return "";
        bool hasType = standard.Any(line => line.StartsWith($"{type.FullName}:", StringComparison.Ordinal));
        bool isMissing = member is Type ? !hasType : hasType && !HasMember(standard, type, member);
        return isMissing ? "Not on netstandard2.0." : "";
    }

    private static bool HasMember(string[] standard, Type type, MemberInfo member) => member is ConstructorInfo || standard.Any(line =>
        line.StartsWith($"{type.FullName}.{member.Name}", StringComparison.Ordinal) && line[$"{type.FullName}.{member.Name}".Length] is ' ' or '(' or ':');
}
