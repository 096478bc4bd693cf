using StreamPipes.Tests.Guards;

namespace StreamPipes.StackExchangeRedis.Tests.Guards;

/// <summary>The package for StackExchange.Redis, with the library that it needs beside it. The client itself comes from where it was restored to for these tests.</summary>
public sealed class PackedRedis() : PackedLibrary("StreamPipes.StackExchangeRedis", "StreamPipes")
{
    protected override string? PackagesOfOthers => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
