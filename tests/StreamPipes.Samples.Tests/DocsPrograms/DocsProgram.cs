using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using StreamPipes.Framing;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Samples.Tests.DocsPrograms;

/// <summary>A whole program of a page, compiled as it stands and started, with a certificate for localhost in its folder.</summary>
internal sealed partial class DocsProgram : IAsyncDisposable
{
    /// <summary>What the SDK adds to every new project.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ConcurrentDictionary<string, byte[]> Compiled = new(StringComparer.Ordinal);

    private readonly TemporaryFolder _folder;

    private DocsProgram(TemporaryFolder folder, ExternalProcess process, string authority, int port)
    {
        _folder = folder;
        Process = process;
        Authority = authority;
        Port = port;
    }

    public ExternalProcess Process { get; }

    /// <summary>The file with the certificate to trust.</summary>
    public string Authority { get; }

    public int Port { get; }

    public string PortText => Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>The one program of a page.</summary>
    public static Snippet Of(string page) => MarkdownPage.All.Single(candidate => string.Equals(candidate.Name, page, StringComparison.Ordinal)).Programs.Single();

    /// <summary>Its lines, without its using directives and the empty line behind them.</summary>
    public static int LinesOf(Snippet program) => program.Lines.Count - program.UsingLines;

    public static async Task<DocsProgram> StartAsync(string page, params string[] arguments)
    {
        TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.PathOf("program.dll"), Compiled.GetOrAdd(page, static page => Compile(Of(page))));
        foreach (string library in (string[])[typeof(PipeConnection).Assembly.Location, typeof(FrameReader).Assembly.Location]) File.Copy(library, folder.PathOf(Path.GetFileName(library)));
        string authority = await SnippetCertificate.WriteAsync(folder.PathOf("."));
        string settings = Path.ChangeExtension(typeof(DocsProgram).Assembly.Location, ".runtimeconfig.json");
        ExternalProcess process = ExternalProcess.Start("env", ["-C", folder.PathOf("."), "dotnet", "exec", "--runtimeconfig", settings, "program.dll", .. arguments]);
        (await process.WaitForOutputAsync("\n")).Should().BeTrue(process.Error);
        return new DocsProgram(folder, process, authority, int.Parse(Ready().Match(process.Output).Groups["port"].Value, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    private static byte[] Compile(Snippet program)
    {
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file));
        CSharpParseOptions language = new(LanguageVersion.Latest);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "program",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, language), CSharpSyntaxTree.ParseText(program.Text, language, program.Page)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image);
        result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Should().BeEmpty();
        return image.ToArray();
    }

    [GeneratedRegex(@"^listening on 127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ready();
}
