using System.Buffers;
using System.Text;
using LineServer;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>
/// The parser of lines: the same lines from all pieces, and those that a plain search for line ends finds. The first byte is the longest line, the second the pieces.
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
        [0, 2, .. "\n\r\nx"u8],
        [200, 7, .. "the rest has no end"u8],
    ];

    public override void Run(byte[] input)
    {
        FuzzBytes bytes = new(input);
        int maxLength = bytes.Next();
        byte seed = bytes.Next();
        byte[] wire = bytes.Rest();
        Parsing whole = Parsing.Whole(Parser(maxLength), wire, ErrorOf);
        whole.MustEqual(Parsing.InPieces(Parser(maxLength), wire, seed, ErrorOf), "in pieces");
        Expected(wire, maxLength).MustEqual(whole, "the parser's");
    }

    private static Parsing.TryTake Parser(int maxLength)
    {
        LineParser parser = new(maxLength);
        return (ref ReadOnlySequence<byte> buffer, out string text) =>
        {
            bool isWhole = parser.TryRead(ref buffer, out ReadOnlySequence<byte> line);
            text = isWhole ? Encoding.Latin1.GetString(line) : "";
            return isWhole;
        };
    }

    private static string? ErrorOf(Exception exception) => (exception as LineTooLongException)?.Message;

    private static Parsing Expected(byte[] wire, int maxLength)
    {
        List<string> lines = [];
        string[] parts = Encoding.Latin1.GetString(wire).Split('\n');
        foreach (string part in parts)
        {
            string line = part.EndsWith('\r') ? part[..^1] : part;
            if (line.Length > maxLength) return new Parsing(lines, new LineTooLongException(maxLength).Message, 0);
            lines.Add(line);
        }

        // What follows the last line end is no line yet.
        lines.RemoveAt(lines.Count - 1);
        return new Parsing(lines, Error: null, parts[^1].Length);
    }
}
