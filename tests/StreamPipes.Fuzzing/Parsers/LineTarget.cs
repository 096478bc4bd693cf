using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using LineServer;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>
/// The line server's loop: the same answers from all pieces, and those that a plain search for line ends gives. The first byte is the longest line, the second the pieces.
/// </summary>
internal sealed class LineTarget : FuzzTarget
{
    public override string Name => "line";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [8, 1, .. "one\ntwo\r\n\n\r\na\rb\r\n"u8],
        [8, 3, .. "12345678\r\n12345678\n"u8],
        [8, 5, .. "123456789\n"u8],
        [8, 0, .. "12345678\r\r\n"u8],
        [8, 2, .. "one\n12345678\r"u8],
        [0, 2, .. "\n\r\nx"u8],
        [200, 7, .. "the rest has no end"u8],

        // Found: with an empty segment before the last byte.
        Convert.FromBase64String("5/x/52sKMQ=="),
    ];

    public override void Run(byte[] input)
    {
        FuzzBytes bytes = new(input);
        int maxLength = Math.Max(1, (int)bytes.Next());
        byte seed = bytes.Next();
        byte[] wire = bytes.Rest();
        string expected = Expected(wire, maxLength);
        MustBe(expected, Answers(PipeReader.Create(new ReadOnlySequence<byte>(wire)), maxLength), "at once");
        MustBe(expected, Answers(PipeReader.Create(new SmallReads(wire, 1 + (seed % 40))), maxLength), "in small reads");
        MustBe(expected, Answers(PipeReader.Create(Segments.Of(wire, new Random(seed))), maxLength), "in segments");
    }

    private static string Answers(PipeReader input, int maxLength)
    {
        using MemoryStream answers = new();
        PipeWriter output = PipeWriter.Create(answers, new StreamPipeWriterOptions(leaveOpen: true));
        Now.Of(new ValueTask(new LineSession(new Client(input, output), maxLength).RunAsync(CancellationToken.None)));
        output.Complete();
        return Encoding.Latin1.GetString(answers.ToArray());
    }

    private static string Expected(byte[] wire, int maxLength)
    {
        StringBuilder answers = new();
        string[] parts = Encoding.Latin1.GetString(wire).Split('\n');
        for (int i = 0; i < parts.Length; i++)
        {
            // Nothing behind the last line end is no line.
            if (i == parts.Length - 1 && parts[i].Length == 0) break;
            string line = parts[i].EndsWith('\r') ? parts[i][..^1] : parts[i];
            if (line.Length > maxLength) return answers.Append(System.Globalization.CultureInfo.InvariantCulture, $"error: a line is longer than {maxLength} bytes\n").ToString();
            answers.Append(line).Append('\n');
        }

        return answers.ToString();
    }

    private static void MustBe(string expected, string answers, string how) =>
        FoundException.Unless(string.Equals(expected, answers, StringComparison.Ordinal), $"{how} the answers are '{answers}' instead of '{expected}'");

    private sealed record Client(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
