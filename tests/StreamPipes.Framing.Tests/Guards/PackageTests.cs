using StreamPipes.Tests.Guards;

namespace StreamPipes.Framing.Tests.Guards;

/// <summary>The package, as a stranger meets it: what is in it, and that what the pages say works with it.</summary>
[Collection(nameof(RunsAlone))]
public sealed class PackageTests(PackedFraming package) : IClassFixture<PackedFraming>
{
    private static readonly string[] Targets = ["net10.0", "net8.0", "netstandard2.0"];

    [Fact]
    public async Task The_package_holds_the_library_and_its_documentation_for_every_target_and_its_readme()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).Should()
            .BeEquivalentTo(Targets.SelectMany(target => (string[])[$"lib/{target}/StreamPipes.Framing.dll", $"lib/{target}/StreamPipes.Framing.xml"]));
        contents.Readme.Should().Be("README.md");
        contents.Files.Should().Contain("README.md");
        contents.LicenseExpression.Should().Be("MIT");
        contents.ReleaseNotes.Should().Contain("StreamPipes.Framing");
        (await PackageContents.ReadAsync(package.SymbolsPath)).Files.Should().Contain(Targets.Select(target => $"lib/{target}/StreamPipes.Framing.pdb"));
    }

    [Theory]
    [InlineData("net10.0")]
    [InlineData("net8.0")]
    [InlineData("netstandard2.0")]
    public Task The_public_api_of_the_package_is_the_approved_one_for_every_target(string target) => FramingApi.CheckAsync(package.Load(target), target);

    [Fact]
    public async Task The_package_needs_other_packages_only_where_the_framework_lacks_them_and_never_the_library()
    {
        PackageContents contents = await PackageContents.ReadAsync(package.PackagePath);
        contents.Dependencies.Should().HaveCount(Targets.Length);
        contents.Dependencies["net10.0"].Should().BeEmpty();
        contents.Dependencies["net8.0"].Should().Equal("System.IO.Pipelines");
        contents.Dependencies[".NETStandard2.0"].Should().Equal("Microsoft.Bcl.AsyncInterfaces", "System.IO.Pipelines");
    }

    [Fact]
    public async Task Every_snippet_about_frames_compiles_in_a_new_project_and_those_of_the_guide_run()
    {
        Snippet[] snippets = [.. MarkdownPage.All.SelectMany(page => page.Snippets).Where(snippet => snippet.IsOfFraming)];
        NewProject project = await package.CreateProjectAsync("Snippets", "Exe", FramingSnippets.SourcesOf(snippets));
        await project.BuildAsync();
        string[] ran = (await project.RunAsync()).Split('\n').Where(line => line.StartsWith("ran ", StringComparison.Ordinal)).ToArray();
        ran.Should().HaveCount(snippets.Count(FramingSnippets.Runs)).And.HaveCountGreaterThan(5);
    }
}
