namespace StreamPipes.Tests.Guards;

/// <summary>The package, as a stranger meets it: what is in it, and that what the README and the docs say works with it.</summary>
[Collection(nameof(RunsAlone))]
public sealed class PackageTests(PackedLibrary library) : IClassFixture<PackedLibrary>
{
    private static readonly string[] Targets = ["net10.0", "net8.0", "netstandard2.0"];

    [Fact]
    public async Task It_holds_the_library_and_its_documentation_for_every_target_and_the_readme()
    {
        PackageContents package = await PackageContents.ReadAsync(library.PackagePath);
        package.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).Should()
            .BeEquivalentTo(Targets.SelectMany(target => (string[])[$"lib/{target}/StreamPipes.dll", $"lib/{target}/StreamPipes.xml"]));
        package.Readme.Should().Be("README.md");
        package.Files.Should().Contain("README.md");
    }

    [Fact]
    public async Task Its_symbols_are_in_a_package_beside_it()
    {
        PackageContents symbols = await PackageContents.ReadAsync(library.SymbolsPath);
        symbols.Files.Should().Contain(Targets.Select(target => $"lib/{target}/StreamPipes.pdb"));
    }

    [Fact]
    public async Task It_names_its_licence() =>
        (await PackageContents.ReadAsync(library.PackagePath)).LicenseExpression.Should().Be("MIT");

    [Fact]
    public async Task It_needs_other_packages_only_where_the_framework_lacks_them()
    {
        PackageContents package = await PackageContents.ReadAsync(library.PackagePath);
        package.Dependencies.Should().HaveCount(Targets.Length);
        package.Dependencies["net10.0"].Should().BeEmpty();
        package.Dependencies["net8.0"].Should().Equal("System.IO.Pipelines");
        package.Dependencies[".NETStandard2.0"].Should().Equal("Microsoft.Bcl.AsyncInterfaces", "System.IO.Pipelines", "System.Memory");
    }

    [Fact]
    public async Task The_quick_start_of_the_readme_runs_in_a_new_project()
    {
        Snippet quickStart = Repository.Pages[0].Snippets.First(snippet => string.Equals(snippet.Heading, "Quick start", StringComparison.Ordinal));
        NewProject project = await library.CreateProjectAsync("QuickStart", "Exe", new Dictionary<string, string>(StringComparer.Ordinal) { ["Program.cs"] = quickStart.Text });
        await project.BuildAsync();
        (await project.RunAsync()).Should().Be($"hello, pipes{Environment.NewLine}");
    }

    [Fact]
    public async Task Every_snippet_of_the_readme_and_the_docs_compiles()
    {
        Snippet[] snippets = [.. Repository.Pages.SelectMany(page => page.Snippets)];
        snippets.Should().HaveCountGreaterThan(1);
        Dictionary<string, string> sources = snippets.Select((snippet, i) => ($"Snippet{i}.cs", snippet.ToCompilationUnit(i))).ToDictionary(StringComparer.Ordinal);
        sources.Add("Names.cs", SnippetNames.Source);
        NewProject project = await library.CreateProjectAsync("Snippets", "Library", sources);
        await project.BuildAsync();
    }
}
