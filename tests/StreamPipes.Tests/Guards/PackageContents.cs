using System.IO.Compression;
using System.Xml.Linq;

namespace StreamPipes.Tests.Guards;

/// <summary>What is in a package file.</summary>
internal sealed class PackageContents
{
    private readonly XElement _metadata;

    private PackageContents(IReadOnlyList<string> files, XElement metadata)
    {
        Files = files;
        _metadata = metadata;
    }

    public IReadOnlyList<string> Files { get; }

    public string? Readme => Value("readme");

    public string? Icon => Value("icon");

    public string? ReleaseNotes => Value("releaseNotes");

    /// <summary>The licence, if it is told as an expression.</summary>
    public string? LicenseExpression => Element("license") is { } license && string.Equals(license.Attribute("type")?.Value, "expression", StringComparison.Ordinal)
        ? license.Value
        : null;

    /// <summary>The names of the packages needed, by target.</summary>
    public IReadOnlyDictionary<string, string[]> Dependencies => Element("dependencies")!.Elements().ToDictionary(
        group => group.Attribute("targetFramework")!.Value,
        group => group.Elements().Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal).ToArray(),
        StringComparer.Ordinal);

    /// <summary>The version ranges of the packages needed, for any target.</summary>
    public IReadOnlyList<string> DependencyVersions => [.. Element("dependencies")!.Elements().Elements().Select(dependency => dependency.Attribute("version")!.Value)];

    public string Version => Value("version")!;

    public static async Task<PackageContents> ReadAsync(string path)
    {
        await using ZipArchive archive = await ZipFile.OpenReadAsync(path);
        await using Stream nuspec = await archive.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).OpenAsync();
        XDocument document = await XDocument.LoadAsync(nuspec, LoadOptions.None, CancellationToken.None);
        return new PackageContents([.. archive.Entries.Select(entry => entry.FullName)], document.Root!.Elements().Single());
    }

    private string? Value(string name) => Element(name)?.Value;

    private XElement? Element(string name) => _metadata.Elements().SingleOrDefault(element => string.Equals(element.Name.LocalName, name, StringComparison.Ordinal));
}
