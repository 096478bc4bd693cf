using System.Reflection;
using System.Runtime.Versioning;

namespace StreamPipes.Tests.Guards;

/// <summary>The public API of the library that these tests run against, and where its approved text lies.</summary>
internal static class PublicApiSnapshot
{
    public static Assembly Library => typeof(PipeConnection).Assembly;

    /// <summary>The target that the library was built for; it need not be the one of the tests.</summary>
    public static string Target
    {
        get
        {
            FrameworkName name = new(Library.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName);
            return (string.Equals(name.Identifier, ".NETStandard", StringComparison.Ordinal) ? "netstandard" : "net") + name.Version.ToString(2);
        }
    }

    /// <inheritdoc cref="ApprovedApi.CheckAsync"/>
    public static Task CheckAsync(Assembly library, string target) => ApprovedApi.CheckAsync(library, PathOf(target));

    public static string PathOf(string target) => Path.Combine(Repository.GuardsFolder, $"PublicApi.{target}.txt");
}
