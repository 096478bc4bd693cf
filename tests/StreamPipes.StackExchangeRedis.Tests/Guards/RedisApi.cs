using System.Reflection;
using StreamPipes.Tests.Guards;

namespace StreamPipes.StackExchangeRedis.Tests.Guards;

/// <summary>The approved public API of each target, in text files beside this one.</summary>
internal static class RedisApi
{
    public static string PathOf(string target) => Path.Combine(Repository.Root, "tests", "StreamPipes.StackExchangeRedis.Tests", "Guards", $"PublicApi.{target}.txt");

    /// <inheritdoc cref="ApprovedApi.CheckAsync"/>
    public static Task CheckAsync(Assembly library, string target) => ApprovedApi.CheckAsync(library, PathOf(target));
}
