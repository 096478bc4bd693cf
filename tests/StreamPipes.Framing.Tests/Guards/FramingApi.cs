using System.Reflection;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Framing.Tests.Guards;

/// <summary>The approved public API of each target, in text files beside this one.</summary>
internal static class FramingApi
{
    public static string PathOf(string target) => Path.Combine(Repository.Root, "tests", "StreamPipes.Framing.Tests", "Guards", $"PublicApi.{target}.txt");

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
}
