using StreamPipes.StackExchangeRedis.Tests.Testing;
using StreamPipes.Tests.Guards;

namespace StreamPipes.StackExchangeRedis.Tests.Guards;

/// <summary>The package, as a stranger meets it: what is in it, and that what the pages say works with it.</summary>
[Collection(nameof(RunsAlone))]
public sealed class PackageTests(PackedRedis package) : IClassFixture<PackedRedis>
{
    private static readonly string[] Targets = ["net10.0", "net8.0", "netstandard2.0"];

    [Fact]
    public async Task The_package_holds_the_library_and_its_documentation_for_every_target_and_its_readme()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).Should()
            .BeEquivalentTo(Targets.SelectMany(target => (string[])[$"lib/{target}/StreamPipes.StackExchangeRedis.dll", $"lib/{target}/StreamPipes.StackExchangeRedis.xml"]));
        contents.Readme.Should().Be("README.md");
        contents.Files.Should().Contain("README.md");
        contents.LicenseExpression.Should().Be("MIT");
        contents.ReleaseNotes.Should().Contain("StreamPipes.StackExchangeRedis");
        (await PackageContents.ReadAsync(package.SymbolsPath)).Files.Should().Contain(Targets.Select(target => $"lib/{target}/StreamPipes.StackExchangeRedis.pdb"));
    }

    [Theory]
    [InlineData("net10.0")]
    [InlineData("net8.0")]
    [InlineData("netstandard2.0")]
    public Task The_public_api_of_the_package_is_the_approved_one_for_every_target(string target) => RedisApi.CheckAsync(package.Load(target), target);

    [Fact]
    public async Task The_package_needs_the_library_and_the_client_and_nothing_else()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.Dependencies.Should().HaveCount(Targets.Length);
        contents.Dependencies.Values.Should().OnlyContain(needed => needed.SequenceEqual(new[] { "StackExchange.Redis", "StreamPipes" }));
    }

    [Fact]
    public async Task The_package_names_the_versions_of_the_client_that_have_the_seam()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.DependencyVersions.Where(version => !string.Equals(version, contents.Version, StringComparison.Ordinal)).Should().HaveCount(Targets.Length).And.OnlyContain(version => version == "[3.4.35, 3.5.0)");
    }

    [Fact]
    public async Task Every_snippet_about_the_client_compiles_in_a_new_project_and_runs_against_a_server()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        string readme = Path.Combine(Repository.Root, "src", "StreamPipes.StackExchangeRedis", "README.md");
        Snippet[] snippets = [.. MarkdownPage.All.Append(MarkdownPage.Read(readme)).SelectMany(page => page.Snippets).Where(snippet => snippet.IsOfStackExchangeRedis)];
        NewProject project = await package.CreateProjectAsync("Snippets", "Exe", RedisSnippets.SourcesOf(snippets, server));
        await project.BuildAsync();
        string[] ran = (await project.RunTrustingAsync(server.AuthorityFile)).Split('\n').Where(line => line.StartsWith("ran ", StringComparison.Ordinal)).ToArray();
        ran.Should().HaveCount(snippets.Length).And.HaveCountGreaterThan(4);
    }
}
