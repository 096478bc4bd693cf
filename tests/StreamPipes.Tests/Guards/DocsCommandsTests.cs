using System.Text.RegularExpressions;

namespace StreamPipes.Tests.Guards;

/// <summary>What the pages say to type exists: programs, scripts, properties, variables, options, parts of the test suite.</summary>
public sealed partial class DocsCommandsTests
{
    private static readonly Lazy<string> Code = new(() => Everything("*.cs"));
    private static readonly Lazy<string> Scripts = new(() => Everything("*.sh") + File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")));
    private static readonly Lazy<string> Projects = new(() => Everything("*.csproj") + Everything("*.props") + Everything("*.targets"));

    public static TheoryData<string> PageNames => DocsTests.PageNames;

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_command_of_a_shell_block_is_a_script_here_or_a_program_that_the_build_server_has(string name)
    {
        foreach (string line in Page(name).ShellLines.Where(line => line.Length > 0))
        {
            foreach (string command in line.Split(" | ").Select(part => VariablesPattern().Replace(part.Trim(), "").Split(' ')[0]))
            {
                (command is "dotnet" or "printf" || File.Exists(Path.Combine(Repository.Root, command)) || Regex.IsMatch(Scripts.Value, $@"(?m)^(needed=')?{Regex.Escape(command)} \S+'?$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
                    .Should().BeTrue($"{name} says {line}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_script_property_variable_and_part_of_the_suite_named_in_a_page_exists(string name)
    {
        string text = string.Join('\n', Page(name).Lines);
        foreach (Match match in ScriptPattern().Matches(text)) File.Exists(Path.Combine(Repository.Root, match.Value)).Should().BeTrue($"{name} names {match.Value}");
        foreach (Match match in PropertyPattern().Matches(text)) Projects.Value.Should().Contain($"$({match.Groups["name"].Value})", $"{name} says {match.Value}");
        foreach (Match match in VariablePattern().Matches(text)) (Code.Value + Scripts.Value).Should().Contain(match.Value, $"{name} names it");
        foreach (Match match in FilterPattern().Matches(text))
        {
            string part = Regex.Escape(match.Groups["part"].Value);
            Regex.IsMatch(Code.Value, $@"\b(namespace|class) [\w.]*{part}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Should().BeTrue($"{name} says {match.Value}");
        }
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_option_named_in_a_page_is_one_of_a_program_here_or_used_by_a_script(string name)
    {
        foreach (string code in Page(name).InlineCode.Where(code => code.StartsWith("--", StringComparison.Ordinal) || code.StartsWith("build/", StringComparison.Ordinal)))
        {
            foreach (Match match in OptionPattern().Matches(code))
            {
                (Code.Value.Contains($"\"{match.Value}\"", StringComparison.Ordinal) || Scripts.Value.Contains(match.Value, StringComparison.Ordinal)).Should().BeTrue($"{name} names {match.Value}");
            }
        }
    }

    private static MarkdownPage Page(string name) => MarkdownPage.All.Single(page => string.Equals(page.Name, name, StringComparison.Ordinal));

    /// <summary>All the repository's own files of a kind.</summary>
    private static string Everything(string pattern)
    {
        IEnumerable<string> files = new[] { "build", "docs", "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories))
            .Where(file => !OutputPattern().IsMatch(file) && !file.EndsWith($"{nameof(DocsCommandsTests)}.cs", StringComparison.Ordinal));
        return string.Join('\n', files.Select(File.ReadAllText));
    }

    [GeneratedRegex(@"^([A-Z_]+=\S* )+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablesPattern();

    [GeneratedRegex(@"\bbuild/[\w-]+\.sh\b|(?<![\w/])\.ci/run\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScriptPattern();

    [GeneratedRegex(@"-p:(?<name>\w+)=", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyPattern();

    [GeneratedRegex(@"\bSTREAMPIPES_[A-Z_]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"FullyQualifiedName~(?<part>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FilterPattern();

    [GeneratedRegex(@"--[a-z][a-z-]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OptionPattern();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutputPattern();
}
