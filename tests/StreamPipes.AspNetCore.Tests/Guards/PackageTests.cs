using System.Globalization;
using System.IO.Compression;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards;

/// <summary>The package, as a stranger meets it: packed from the sources with the library beside it, and installed in a new project.</summary>
[Collection(nameof(RealServers))]
public sealed class PackageTests : IDisposable
{
    /// <summary>A version that no registry has, so that what is installed is what was packed.</summary>
    private const string Suffix = "packagetest";

    private const string Program = """
        using System.IO.Compression;
        using System.Net;
        using Microsoft.AspNetCore.Server.Kestrel.Core;
        using StreamPipes;
        using StreamPipes.AspNetCore;

        ListenOptions? listening = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listening = listen.UseStreamLayer(
            input => new BrotliStream(input, CompressionMode.Decompress),
            output => new BrotliStream(output, CompressionLevel.Fastest))));
        await using var server = builder.Build();
        server.MapGet("/", () => "hello, layers");
        await server.StartAsync();

        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Stream stream = (await SocketConnection.ConnectAsync(listening!.IPEndPoint!, cancellationToken: cancellationToken)).AsStream();
                return StreamConnection.Create(
                    new BrotliStream(stream, CompressionMode.Decompress, leaveOpen: true),
                    new BrotliStream(stream, CompressionLevel.Fastest)).AsStream();
            },
        };
        using HttpClient client = new(handler);
        Console.WriteLine(await client.GetStringAsync("http://localhost/"));
        """;

    private const string SnippetNames = """
        global using System.IO.Compression;
        global using System.Net.Security;
        global using System.Security.Cryptography.X509Certificates;
        global using Microsoft.AspNetCore.Server.Kestrel.Core;
        global using StreamPipes.AspNetCore;

        internal abstract class SnippetNames
        {
            protected readonly ListenOptions listen = null!;
            protected readonly X509Certificate2 certificate = null!;

            public abstract Task RunAsync(string[] args);
        }

        """;

    // No server may stay behind when a test has ended.
    private static readonly string[] LeaveNothingRunning = ["--disable-build-servers", "-nodeReuse:false", "--nologo", "-v:quiet"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streampipes-package-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_package_brings_the_library_along_and_a_server_with_it_runs_in_a_new_project()
    {
        string packages = await PackAsync();
        string package = Directory.GetFiles(packages, "StreamPipes.AspNetCore.*.nupkg").Single();
        await using (ZipArchive archive = await ZipFile.OpenReadAsync(package))
        {
            archive.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal)).Should().BeEquivalentTo(
                "lib/net8.0/StreamPipes.AspNetCore.dll", "lib/net8.0/StreamPipes.AspNetCore.xml", "lib/net10.0/StreamPipes.AspNetCore.dll", "lib/net10.0/StreamPipes.AspNetCore.xml");
        }

        string folder = Path.Combine(_folder.FullName, "Layers");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), Program);
        await WriteSnippetsAsync(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "Layers.csproj"), string.Create(CultureInfo.InvariantCulture, $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestoreAdditionalProjectSources>{packages}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="StreamPipes.AspNetCore" Version="[{Path.GetFileNameWithoutExtension(package)["StreamPipes.AspNetCore.".Length..]}]" />
              </ItemGroup>
            </Project>
            """));
        CommandLine commandLine = new(folder, new Dictionary<string, string>(StringComparer.Ordinal) { ["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "cache") });
        NewProject project = new(commandLine, Path.Combine(folder, "out", "Layers.dll"), LeaveNothingRunning);
        await project.BuildAsync();
        (await project.RunAsync()).Should().Be($"hello, layers{Environment.NewLine}");
    }

    /// <summary>What the pages say about the package compiles with it.</summary>
    private static async Task WriteSnippetsAsync(string folder)
    {
        Snippet[] snippets = [.. MarkdownPage.All.SelectMany(page => page.Snippets).Where(snippet => snippet.IsOfAspNetCore)];
        snippets.Should().NotBeEmpty();
        await File.WriteAllTextAsync(Path.Combine(folder, "Names.cs"), SnippetNames);
        for (int i = 0; i < snippets.Length; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"Snippet{i}.cs")), snippets[i].ToCompilationUnit(i));
        }
    }

    private async Task<string> PackAsync()
    {
        string packages = Path.Combine(_folder.FullName, "packages");
        CommandLine commandLine = new(Repository.Root, new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (string project in (string[])["StreamPipes", "StreamPipes.AspNetCore"])
        {
            await commandLine.DotnetAsync([
                "pack", Path.Combine("src", project), "-c", "Release", "-o", packages, "--artifacts-path", Path.Combine(_folder.FullName, "artifacts"),
                $"-p:VersionSuffix={Suffix}", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", .. LeaveNothingRunning]);
        }

        return packages;
    }
}
