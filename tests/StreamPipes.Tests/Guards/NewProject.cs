namespace StreamPipes.Tests.Guards;

/// <summary>A project as somebody who installs the package would make it.</summary>
internal sealed class NewProject(CommandLine commandLine, string program, string[] buildArguments)
{
    public string Folder => commandLine.Folder;

    public Task BuildAsync() => commandLine.DotnetAsync(["build", "-o", "out", .. buildArguments]);

    /// <returns>What the program printed.</returns>
    public Task<string> RunAsync() => commandLine.DotnetAsync(program);

    /// <summary>Runs the program with no other authorities to trust than those in a file.</summary>
    public Task<string> RunTrustingAsync(string authorities) => commandLine.With("SSL_CERT_FILE", authorities).DotnetAsync(program);
}
