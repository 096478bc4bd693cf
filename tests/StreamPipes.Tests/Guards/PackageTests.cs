namespace StreamPipes.Tests.Guards;

/// <summary>The package, as a stranger meets it: what is in it, and that what the README and the docs say works with it.</summary>
[Collection(nameof(RunsAlone))]
public sealed class PackageTests(PackedLibrary library) : IClassFixture<PackedLibrary>
{
    private static readonly string[] Targets = ["net10.0", "net8.0", "netstandard2.0"];

    [Fact]
    public async Task The_package_holds_the_library_and_its_documentation_for_every_target_and_the_readme()
    {
        PackageContents package = await PackageContents.ReadAsync(library.PackagePath);
        package.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).Should()
            .BeEquivalentTo(Targets.SelectMany(target => (string[])[$"lib/{target}/StreamPipes.dll", $"lib/{target}/StreamPipes.xml"]));
        package.Readme.Should().Be("README.md");
        package.Files.Should().Contain("README.md");
        package.Icon.Should().Be("icon.png");
        package.Files.Should().Contain("icon.png");
    }

    [Fact]
    public void Every_package_has_a_page_of_its_own_without_links_into_the_repository()
    {
        MarkdownPage.OfPackages.Should().HaveCountGreaterThan(3);
        foreach (MarkdownPage page in MarkdownPage.OfPackages)
        {
            page.RelativeLinks.Should().BeEmpty($"{page.Name} is shown by a registry");
            page.Lines[0].Should().Be($"# {Path.GetFileName(Path.GetDirectoryName(page.FullPath))}");
        }
    }

    [Theory]
    [InlineData("net10.0")]
    [InlineData("net8.0")]
    [InlineData("netstandard2.0")]
    public Task The_public_api_of_the_package_is_the_approved_one_for_every_target(string target) => PublicApiSnapshot.CheckAsync(library.Load(target), target);

    [Fact]
    public async Task The_symbols_of_the_package_are_in_a_package_of_their_own()
    {
        PackageContents symbols = await PackageContents.ReadAsync(library.SymbolsPath);
        symbols.Files.Should().Contain(Targets.Select(target => $"lib/{target}/StreamPipes.pdb"));
    }

    [Fact]
    public async Task The_package_names_its_licence() =>
        (await PackageContents.ReadAsync(library.PackagePath)).LicenseExpression.Should().Be("MIT");

    [Fact]
    public async Task The_release_notes_of_the_package_are_the_changelogs_section_of_its_version()
    {
        string notes = (await PackageContents.ReadAsync(library.PackagePath)).ReleaseNotes!;
        string changelog = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "changelog.md"));
        string section = changelog[changelog.IndexOf($"## {library.VersionPrefix} ", StringComparison.Ordinal)..];
        int next = section.IndexOf("\n## ", StringComparison.Ordinal);
        section[..(next < 0 ? section.Length : next)].Split('\n', 2)[1].Trim().Should().Be(notes);
    }

    [Fact]
    public async Task The_package_needs_other_packages_only_where_the_framework_lacks_them()
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
        Snippet quickStart = MarkdownPage.All[0].Snippets.First(snippet => string.Equals(snippet.Heading, "Quick start", StringComparison.Ordinal));
        NewProject project = await library.CreateProjectAsync("QuickStart", "Exe", new Dictionary<string, string>(StringComparer.Ordinal) { ["Program.cs"] = quickStart.Text });
        await project.BuildAsync();
        (await project.RunAsync()).Should().Be($"hello, pipes{Environment.NewLine}");
    }

    [Fact]
    public async Task Every_snippet_of_the_readme_and_the_docs_compiles_and_runs_if_it_needs_nothing_from_outside()
    {
        Snippet[] snippets = [.. MarkdownPage.All.SelectMany(page => page.Snippets).Where(snippet => !snippet.IsOfAspNetCore && !snippet.IsOfFraming && !snippet.IsOfTesting && !snippet.IsOfStackExchangeRedis)];
        NewProject project = await library.CreateProjectAsync("Snippets", "Exe", SnippetProgram.SourcesOf(snippets));
        await project.BuildAsync();

        // Elsewhere a program cannot bring the certificates that it trusts, and has no cat.
        if (!OperatingSystem.IsLinux()) return;
        string authority = await SnippetCertificate.WriteAsync(project.Folder);
        string[] ran = (await project.RunTrustingAsync(authority)).Split('\n').Where(line => line.StartsWith("ran ", StringComparison.Ordinal)).ToArray();
        ran.Should().HaveCount(snippets.Count(snippet => !snippet.NeedsTheOutside)).And.HaveCountGreaterThan(30);
    }
}
