using System.Reflection;

namespace StreamPipes.Tests.Guards;

/// <summary>Compares the public API of an assembly with a text file in which it was approved.</summary>
internal static class ApprovedApi
{
    /// <summary>Fails with what differs, and leaves the text of the assembly where it can be taken over.</summary>
    public static async Task CheckAsync(Assembly library, string approvedPath)
    {
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
        Assert.Fail($"The public API has changed:\n{string.Join('\n', difference)}\nIf that is meant: mv {receivedPath} {approvedPath}");
    }
}
