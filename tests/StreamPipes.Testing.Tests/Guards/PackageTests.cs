using StreamPipes.Tests.Guards;

namespace StreamPipes.Testing.Tests.Guards;

/// <summary>The package, as a stranger meets it: what is in it, and that what the pages say works with it.</summary>
[Collection(nameof(RunsAlone))]
public sealed class PackageTests(PackedTesting package) : IClassFixture<PackedTesting>
{
    private static readonly string[] Targets = ["net10.0", "net8.0", "netstandard2.0"];

    [Fact]
    public async Task The_package_holds_the_library_and_its_documentation_for_every_target_and_its_readme()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).Should()
            .BeEquivalentTo(Targets.SelectMany(target => (string[])[$"lib/{target}/StreamPipes.Testing.dll", $"lib/{target}/StreamPipes.Testing.xml"]));
        contents.Readme.Should().Be("README.md");
        contents.Files.Should().Contain("README.md");
        contents.LicenseExpression.Should().Be("MIT");
        contents.ReleaseNotes.Should().Contain("StreamPipes.Testing");
        (await PackageContents.ReadAsync(package.SymbolsPath)).Files.Should().Contain(Targets.Select(target => $"lib/{target}/StreamPipes.Testing.pdb"));
    }

    [Theory]
    [InlineData("net10.0")]
    [InlineData("net8.0")]
    [InlineData("netstandard2.0")]
    public Task The_public_api_of_the_package_is_the_approved_one_for_every_target(string target) => TestingApi.CheckAsync(package.Load(target), target);

    [Fact]
    public async Task The_package_needs_the_library_and_no_test_runner()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.Dependencies.Should().HaveCount(Targets.Length);
        contents.Dependencies.Values.Should().OnlyContain(needed => needed.SequenceEqual(new[] { "StreamPipes" }));
    }

    [Fact]
    public async Task The_package_needs_the_very_version_of_the_library_whose_internals_it_uses()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.DependencyVersions.Should().OnlyContain(version => version == $"[{contents.Version}]");
    }

    [Fact]
    public async Task Every_snippet_about_tests_compiles_in_a_new_project_and_those_of_the_guide_run()
    {
        Snippet[] snippets = [.. MarkdownPage.All.SelectMany(page => page.Snippets).Where(snippet => snippet.IsOfTesting)];
        NewProject project = await package.CreateProjectAsync("Snippets", "Exe", TestingSnippets.SourcesOf(snippets));
        await project.BuildAsync();
        string[] ran = (await project.RunAsync()).Split('\n').Where(line => line.StartsWith("ran ", StringComparison.Ordinal)).ToArray();
        ran.Should().HaveCount(snippets.Length).And.HaveCountGreaterThan(5);
    }
}
