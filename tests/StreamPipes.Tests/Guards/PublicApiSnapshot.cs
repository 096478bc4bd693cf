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

    /// <summary>Fails with what differs, and leaves the text of the assembly where it can be taken over.</summary>
    public static async Task CheckAsync(Assembly library, string target)
    {
        string approvedPath = PathOf(target);
        string receivedPath = Path.ChangeExtension(approvedPath, ".received.txt");
        string[] received = [.. PublicApiRenderer.Render(library)];
        string[] approved = File.Exists(approvedPath) ? await File.ReadAllLinesAsync(approvedPath) : [];
        if (received.SequenceEqual(approved, StringComparer.Ordinal))
        {
            File.Delete(receivedPath);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, string.Join('\n', received) + "\n");
        IEnumerable<string> difference = approved.Except(received, StringComparer.Ordinal).Select(line => "- " + line)
            .Concat(received.Except(approved, StringComparer.Ordinal).Select(line => "+ " + line));
        Assert.Fail($"The public API for {target} has changed:\n{string.Join('\n', difference)}\nIf that is meant: mv {receivedPath} {approvedPath}");
    }

    public static string PathOf(string target) => Path.Combine(Repository.GuardsFolder, $"PublicApi.{target}.txt");
}
