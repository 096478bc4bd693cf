namespace StreamPipes.Tests.Testing;

/// <summary>Programs that tests need and a machine may lack.</summary>
internal static class ExternalProgram
{
    /// <summary>Skips the test where the program is missing; on a build server, which must have it, the test fails instead.</summary>
    public static void Require(string program, string package)
    {
        if (Exists(program)) return;
        string reason = $"{program} is not installed; get it with: apt-get install {package}";
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail(reason);
        Assert.Skip(reason);
    }

    private static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
