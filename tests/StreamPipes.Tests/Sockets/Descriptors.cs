namespace StreamPipes.Tests.Sockets;

/// <summary>
/// The open sockets of this process; other files come and go as the runtime loads its parts. Where the system does not tell, the test is skipped.
/// </summary>
internal static class Descriptors
{
    private const string Folder = "/proc/self/fd";

    public static int Sockets()
    {
        Assert.SkipUnless(Directory.Exists(Folder), "Open sockets are counted on Linux only.");
        return Directory.GetFiles(Folder).Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
    }
}
