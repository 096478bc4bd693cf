using System.Reflection;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Testing.Tests.Guards;

/// <summary>The approved public API of each target, in text files beside this one.</summary>
internal static class TestingApi
{
    public static string PathOf(string target) => Path.Combine(Repository.Root, "tests", "StreamPipes.Testing.Tests", "Guards", $"PublicApi.{target}.txt");

    /// <inheritdoc cref="ApprovedApi.CheckAsync"/>
    public static Task CheckAsync(Assembly library, string target) => ApprovedApi.CheckAsync(library, PathOf(target));
}
