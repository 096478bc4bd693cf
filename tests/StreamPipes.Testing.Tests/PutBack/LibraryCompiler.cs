using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Testing.Tests.PutBack;

/// <summary>
/// Compiles the library from its sources, in memory, once, with every fault in it: an edit is a choice between what stands in the file and what takes its place. It is a Debug
/// build, which checks what the library does with its streams.
/// </summary>
internal static class LibraryCompiler
{
    /// <summary>The class of the compiled library, and its field, by which a fault is switched on: its number in the list, or 0 for none.</summary>
    public const string SwitchType = "PutBackSwitch";
    public const string SwitchField = "Active";

    /// <summary>What the project file has the build add, and the switch.</summary>
    private const string Added = $$"""
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("StreamPipes.Testing")]
        internal static class {{SwitchType}} { public static int {{SwitchField}}; }
        """;

    private static readonly string Folder = Path.Combine(Repository.Root, "src", "StreamPipes");

    private static readonly CSharpParseOptions Language = new(
        LanguageVersion.Latest,
        preprocessorSymbols: ["DEBUG", "NET", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0", "NET10_0_OR_GREATER"]);

    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary,
        optimizationLevel: OptimizationLevel.Release,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Enable,
        generalDiagnosticOption: ReportDiagnostic.Suppress);

    public static byte[] Compile(IReadOnlyList<PutBackFault> faults)
    {
        Dictionary<string, string> sources = SourceFiles().ToDictionary(file => file, file => File.ReadAllText(Path.Combine(Folder, file)), StringComparer.Ordinal);
        for (int i = 0; i < faults.Count; i++)
        {
            string isActive = string.Create(CultureInfo.InvariantCulture, $"global::{SwitchType}.{SwitchField} == {i + 1}");
            foreach (SourceEdit edit in faults[i].Edits) sources[edit.File] = edit.ApplyTo(sources[edit.File], isActive);
        }

        sources.Add("Added.cs", Added);
        CSharpCompilation compilation = CSharpCompilation.Create("StreamPipes", sources.Select(source => CSharpSyntaxTree.ParseText(source.Value, Language, source.Key)), References(), Options);
        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image);
        if (!result.Success) throw new InvalidOperationException($"The library does not compile:\n{string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))}");
        return image.ToArray();
    }

    /// <summary>As the library's project has them for .NET.</summary>
    private static IEnumerable<string> SourceFiles() => Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
        .Where(file => !file.EndsWith(".NetStandard.cs", StringComparison.Ordinal) && !file.StartsWith("Common/Polyfills/", StringComparison.Ordinal))
        .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>The framework.</summary>
    private static IEnumerable<MetadataReference> References() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll" or "Microsoft.Win32.Primitives.dll")
        .Select(path => MetadataReference.CreateFromFile(path));
}
