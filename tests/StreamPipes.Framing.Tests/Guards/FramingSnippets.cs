using System.Globalization;
using System.Text;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Framing.Tests.Guards;

/// <summary>
/// What the pages say about frames, as one program: each block is a method that knows a connection in memory, whose peer sends lines and ends. Those of the
/// guide run; those of the API reference, which are cut from their context, compile.
/// </summary>
internal static class FramingSnippets
{
    private const string Names = """
        global using System.Buffers;
        global using System.Buffers.Binary;
        global using System.IO.Pipelines;
        global using System.Text;
        global using System.Text.Json;
        global using System.Threading.Channels;
        global using StreamPipes.Framing;

        internal abstract class SnippetNames
        {
            protected readonly IDuplexPipe connection;
            protected readonly byte[] message = "message"u8.ToArray();
            protected readonly CancellationToken cancellationToken = CancellationToken.None;
            protected readonly FrameQuote quote = new(42);
            protected readonly IAsyncEnumerable<FrameQuote> quotes = QuotesAsync();
            private readonly Pipe _received = new(new PipeOptions(pauseWriterThreshold: 0));

            protected SnippetNames() => connection = new Connection(_received.Reader, new Pipe(new PipeOptions(pauseWriterThreshold: 0)).Writer);

            public abstract Task RunAsync(string[] args);

            public async Task RunAsync(string received)
            {
                await _received.Writer.WriteAsync(Encoding.Latin1.GetBytes(received));
                await _received.Writer.CompleteAsync();
                await RunAsync([]).WaitAsync(TimeSpan.FromSeconds(30));
            }

            protected static void Handle(string line) => Console.WriteLine(line);

            protected static Task AnswerAsync(string line) => Task.FromResult(line);

            private static async IAsyncEnumerable<FrameQuote> QuotesAsync()
            {
                await Task.Yield();
                yield return new FrameQuote(1);
                yield return new FrameQuote(2);
            }

            private sealed record Connection(PipeReader Input, PipeWriter Output) : IDuplexPipe;
        }

        internal readonly record struct FrameQuote(uint Price)
        {
            public void WriteTo(IBufferWriter<byte> output)
            {
                BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(4), Price);
                output.Advance(4);
            }
        }

        """;

    private static readonly string[] OfReaders = ["OnError", "OnSkipped", "Format ="];

    public static Dictionary<string, string> SourcesOf(IReadOnlyList<Snippet> snippets)
    {
        Dictionary<string, string> sources = snippets.Select((snippet, i) => ($"Snippet{i.ToString(CultureInfo.InvariantCulture)}.cs", UnitOf(snippet, i))).ToDictionary(StringComparer.Ordinal);
        sources.Add("Names.cs", Names);
        StringBuilder program = new();
        for (int i = 0; i < snippets.Count; i++)
        {
            if (!Runs(snippets[i])) continue;
            program.Append(CultureInfo.InvariantCulture, $"await new Snippet{i}().RunAsync({ReceivedBy(snippets[i].Text)});\nConsole.WriteLine(\"ran {snippets[i].Page}:{snippets[i].Line}\");\n");
        }

        sources.Add("Program.cs", program.ToString());
        return sources;
    }

    public static bool Runs(Snippet snippet) => !DeclaresType(snippet) && !snippet.Page.StartsWith("docs/api/", StringComparison.Ordinal);

    private static string UnitOf(Snippet snippet, int i)
    {
        if (DeclaresType(snippet)) return $"namespace Declared{i.ToString(CultureInfo.InvariantCulture)}\n{{\n#line {snippet.Line.ToString(CultureInfo.InvariantCulture)} \"{snippet.Page}\"\n{snippet.Text}#line default\n}}\n";
        string unit = snippet.ToCompilationUnit(i);

        // A line of a comment that continues another one.
        return unit.Contains("FrameReader frames", StringComparison.Ordinal) || unit.Contains("FrameWriter frames", StringComparison.Ordinal) || !unit.Contains("frames.", StringComparison.Ordinal)
            ? unit
            : unit.Replace("public override async Task", $"private readonly {(OfReaders.Any(member => unit.Contains(member, StringComparison.Ordinal)) ? "FrameReader" : "FrameWriter")} frames = null!;\npublic override async Task", StringComparison.Ordinal);
    }

    /// <summary>What the peer sends, in the format that the snippet reads, as a literal.</summary>
    private static string ReceivedBy(string text) =>
        text.Contains("FixedSize(4)", StringComparison.Ordinal) ? """ "\0\0\0\u002A\0\0\0\u002B" """
        : text.Contains("Offset = 1, Size = 2", StringComparison.Ordinal) ? """ "T\0\u0005helloT\0\0" """
        : text.Contains("LengthPrefix", StringComparison.Ordinal) ? """ "\0\0\0\u0005hello\0\0\0\0" """
        : """ "\"hello\"\n\"frames\"\n" """;

    private static bool DeclaresType(Snippet snippet) => snippet.Text.StartsWith("readonly ", StringComparison.Ordinal);
}
