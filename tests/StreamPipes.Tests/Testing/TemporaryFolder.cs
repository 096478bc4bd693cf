namespace StreamPipes.Tests.Testing;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redistls-");

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public string Write(string file, string text)
    {
        File.WriteAllText(PathOf(file), text);
        return PathOf(file);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
