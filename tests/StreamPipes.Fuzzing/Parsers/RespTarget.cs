using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using RedisTls;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>
/// The two parsers of RESP, of replies and of commands: the same values from all pieces, those that a plain reader finds, and the same again when they are written. The first
/// byte says which parser and which limits, the second the pieces.
/// </summary>
internal sealed class RespTarget : FuzzTarget
{
    private const byte Commands = 1;
    private const byte SmallLimits = 2;

    private static readonly RespLimits Small = new() { MaxLineLength = 40, MaxBytes = 100, MaxElements = 12, MaxDepth = 3 };

    public override string Name => "resp";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, 1, .. "+OK\r\n-ERR broken\r\n:-42\r\n$5\r\nhello\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n"u8],
        [0, 2, .. "*3\r\n:1\r\n$2\r\n\r\n\r\n*2\r\n+a\r\n_\r\n#t\r\n,3.25\r\n,-inf\r\n(12345678901234567890\r\n"u8],
        [0, 3, .. "!5\r\nERR x\r\n=8\r\ntxt:text\r\n%1\r\n$1\r\nk\r\n*1\r\n:1\r\n~1\r\n#f\r\n>2\r\n+m\r\n+c\r\n"u8],
        [0, 4, .. "|1\r\n+ttl\r\n:1\r\n*2\r\n|1\r\n+deep\r\n%1\r\n:1\r\n:2\r\n$1\r\nv\r\n:7\r\n"u8],
        [2, 5, .. "*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"u8],
        [2, 6, .. "*2\r\n$60\r\n123456789012345678901234567890123456789012345678901234567890\r\n$41\r\n"u8],
        [2, 6, .. "*12\r\n*0\r\n*0\r\n"u8],
        [3, 6, .. "*2\r\n$60\r\n123456789012345678901234567890123456789012345678901234567890\r\n$41\r\n"u8],
        [2, 6, .. "+1234567890123456789012345678901234567890\r\n"u8],
        [1, 7, .. "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n  GET   k  \n*0\r\n*-1\r\n"u8],
        [3, 8, .. "*13\r\n"u8],
        [0, 9, .. ":5\0\r\n"u8],
        [0, 9, .. ", 1\r\n(+1\r\n,1e5\r\n,nan\r\n"u8],
    ];

    public override void Run(byte[] input)
    {
        FuzzBytes bytes = new(input);
        byte mode = bytes.Next();
        byte seed = bytes.Next();
        byte[] wire = bytes.Rest();
        RespLimits limits = (mode & SmallLimits) != 0 ? Small : RespLimits.Default;
        bool isCommands = (mode & Commands) != 0;
        Parsing whole = Parsing.Whole(isCommands ? OfCommands(limits) : OfReplies(limits), wire, ErrorOf);
        whole.MustEqual(Parsing.InPieces(isCommands ? OfCommands(limits) : OfReplies(limits), wire, seed, ErrorOf), "in pieces");
        if (wire.Contains((byte)'|')) return;
        PlainResp plain = new(wire, isCommands, limits);
        FoundException.Unless(plain.Items.SequenceEqual(whole.Items, StringComparer.Ordinal), $"a plain reader finds other values: {string.Join(", ", plain.Items)}, not {string.Join(", ", whole.Items)}");
        FoundException.Unless(plain.IsWrong == whole.Error is not null, $"a plain reader finds {(plain.IsWrong ? "an error" : "no error")}, the parser '{whole.Error}'");
    }

    private static Parsing.TryTake OfReplies(RespLimits limits)
    {
        RespParser parser = new(limits);
        return (ref ReadOnlySequence<byte> buffer, out string text) =>
        {
            bool isWhole = parser.TryParse(ref buffer, out RespValue? value);
            text = value?.ToString() ?? "";
            if (value is not null && CanBeWritten(value)) MustSurviveWriting(value);
            return isWhole;
        };
    }

    private static Parsing.TryTake OfCommands(RespLimits limits)
    {
        RespCommandParser parser = new(limits);
        return (ref ReadOnlySequence<byte> buffer, out string text) =>
        {
            bool isWhole = parser.TryParse(ref buffer, out byte[][]? words);
            FoundException.Unless(words is null or { Length: > 0 }, "a command without a word");
            text = words is null ? "" : string.Join('|', words.Select(Encoding.Latin1.GetString));
            return isWhole;
        };
    }

    private static string? ErrorOf(Exception exception) => (exception as ProtocolException)?.Message;

    private static bool CanBeWritten(RespValue value) => value.Attributes is null && value.Kind switch
    {
        RespKind.Integer or RespKind.SimpleString or RespKind.Error or RespKind.BulkString or RespKind.Null => true,
        RespKind.Array or RespKind.Map or RespKind.Set or RespKind.Push => value.Items.All(CanBeWritten),
        _ => false,
    };

    private static void MustSurviveWriting(RespValue value)
    {
        using MemoryStream wire = new();
        PipeWriter writer = PipeWriter.Create(wire, new StreamPipeWriterOptions(leaveOpen: true));
        Now.Of(RespValueWriter.WriteAsync(writer, value, protocol: 3));
        writer.Complete();
        ReadOnlySequence<byte> buffer = new(wire.ToArray());
        bool isWhole = new RespParser(RespLimits.Default with { MaxLineLength = int.MaxValue / 2 }).TryParse(ref buffer, out RespValue? again);
        FoundException.Unless(isWhole && buffer.IsEmpty && string.Equals(again!.ToString(), value.ToString(), StringComparison.Ordinal), $"'{value}' was written as '{again}'");
    }
}
