using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;

namespace StreamPipes.Tests.Guards;

/// <summary>
/// A package of this repository packed from the sources, in a temporary folder, with a package cache of its own: what lies in the caches of this machine is
/// neither used nor changed by whoever installs it from here.
/// </summary>
public class PackedLibrary : IAsyncLifetime
{
    /// <summary>A version that no registry has, so that what is installed is what was packed.</summary>
    private const string Suffix = "packagetest";

    // No server may stay behind when a test has ended.
    private static readonly string[] LeaveNothingRunning = ["--disable-build-servers", "-nodeReuse:false", "--nologo", "-v:quiet"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streampipes-package-");
    private readonly string _name;
    private readonly string[] _needs;

    public PackedLibrary()
        : this("StreamPipes")
    {
    }

    /// <param name="name">The package.</param>
    /// <param name="needs">Those of ours that it depends on, which are packed beside it.</param>
    protected PackedLibrary(string name, params string[] needs)
    {
        _name = name;
        _needs = needs;
    }

    public string PackagePath => Package("nupkg");

    public string SymbolsPath => Package("snupkg");

    public string VersionPrefix => Version[..^(Suffix.Length + 1)];

    /// <summary>A folder of packages that are not ours, which a new project may take as they lie there; nothing is written to it.</summary>
    protected virtual string? PackagesOfOthers => null;

    private string ArtifactsFolder => Path.Combine(_folder.FullName, "artifacts");

    private string PackagesFolder => Path.Combine(_folder.FullName, "packages");

    private string Version => Path.GetFileNameWithoutExtension(PackagePath)[(_name.Length + 1)..];

    public async ValueTask InitializeAsync()
    {
        // The analyzers have had their say in the build; the artifacts path keeps out of the way of a build that may be running.
        foreach (string name in _needs.Append(_name)) await PackAsync(name);
    }

    private async Task PackAsync(string name) =>
        await new CommandLine(Repository.Root, new Dictionary<string, string>(StringComparer.Ordinal)).DotnetAsync([
            "pack", Path.Combine("src", name), "-c", "Release", "-o", PackagesFolder, "--artifacts-path", ArtifactsFolder,
            $"-p:VersionSuffix={Suffix}", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:CopyLocalLockFileAssemblies=true", .. LeaveNothingRunning]);

    /// <summary>The library that was packed for a target, to look at: beside the one under test, and with what this framework does not carry.</summary>
    internal Assembly Load(string target)
    {
        string folder = Path.Combine(ArtifactsFolder, "bin", _name, $"release_{target}");
        AssemblyLoadContext context = new(target);
        context.Resolving += (_, name) => context.LoadFromAssemblyPath(Path.Combine(folder, $"{name.Name}.dll"));
        return context.LoadFromAssemblyPath(Path.Combine(folder, $"{_name}.dll"));
    }

    /// <summary>Makes a new project that has the package installed, and no more than these sources.</summary>
    internal async Task<NewProject> CreateProjectAsync(string name, string outputType, IReadOnlyDictionary<string, string> sources)
    {
        string folder = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.csproj"), string.Create(CultureInfo.InvariantCulture, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>{outputType}</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestoreAdditionalProjectSources>{PackagesFolder}</RestoreAdditionalProjectSources>
                <RestoreAdditionalProjectFallbackFolders>{PackagesOfOthers}</RestoreAdditionalProjectFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{_name}" Version="[{Version}]" />
              </ItemGroup>
            </Project>
            """));
        foreach ((string file, string text) in sources) await File.WriteAllTextAsync(Path.Combine(folder, file), text);
        Dictionary<string, string> variables = new(StringComparer.Ordinal) { ["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "cache") };
        return new NewProject(new CommandLine(folder, variables), Path.Combine(folder, "out", $"{name}.dll"), LeaveNothingRunning);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return default;
    }

    private string Package(string extension) => Directory.GetFiles(PackagesFolder, $"{_name}.*.{extension}").Single();
}
