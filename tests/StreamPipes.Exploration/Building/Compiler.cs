using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace StreamPipes.Exploration.Building;

/// <summary>Compiles sources in memory, with single files replaced.</summary>
internal sealed class Compiler
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ImmutableArray<MetadataReference> References = FindReferences();

    // The library's own assertions take part: they are the nearest to what goes wrong.
    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest, preprocessorSymbols: ["DEBUG", "NET", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0", "NET10_0_OR_GREATER"]);

    private readonly string _name;
    private readonly ConcurrentDictionary<string, SyntaxTree> _trees = new(StringComparer.Ordinal);
    private readonly CSharpCompilation _compilation;

    public Compiler(string name, IEnumerable<string> files)
    {
        _name = name;
        foreach (string file in files) _trees[file] = Parse(file, File.ReadAllText(file));
        _compilation = CSharpCompilation.Create(
            name,
            [Parse("Usings.cs", Usings), .. _trees.Values],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Suppress));
    }

    /// <param name="changed">The new texts of files, by their paths.</param>
    public (byte[] Image, byte[] Symbols) Compile(IReadOnlyDictionary<string, string>? changed = null)
    {
        CSharpCompilation compilation = _compilation;
        foreach ((string file, string text) in changed ?? new Dictionary<string, string>(StringComparer.Ordinal)) compilation = compilation.ReplaceSyntaxTree(_trees[file], Parse(file, text));
        using MemoryStream image = new();
        using MemoryStream symbols = new();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!result.Success) throw new CompilationException($"{_name} does not compile:\n{string.Join('\n', result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(20))}");
        return (image.ToArray(), symbols.ToArray());
    }

    private static SyntaxTree Parse(string file, string text) => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), Language, file);

    /// <summary>The framework and this program, but not the library, whose sources are compiled here.</summary>
    private static ImmutableArray<MetadataReference> FindReferences() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => !string.Equals(Path.GetFileName(path), "StreamPipes.dll", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path))];
}
