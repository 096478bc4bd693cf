namespace StreamPipes.Tests.Guards;

/// <summary>A project as somebody who installs the package would make it.</summary>
internal sealed class NewProject(CommandLine commandLine, string program, string[] buildArguments)
{
    public Task BuildAsync() => commandLine.DotnetAsync(["build", "-o", "out", .. buildArguments]);

    /// <returns>What the program printed.</returns>
    public Task<string> RunAsync() => commandLine.DotnetAsync(program);
}
