using System.IO.Pipelines;
using System.Text;
using InMemory;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>
/// The reader of netstrings: the same messages from reads of all sizes, those that a plain reading finds, and written again what was read. The first byte is
/// the size of the reads.
/// </summary>
internal sealed class NetstringTarget : FuzzTarget
{
    private const int LongestMessage = 1_000_000;
    private const int MaxDigits = 7;
    private const string NoNetstring = "no netstring";

    public override string Name => "netstring";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, .. "5:hello,0:,11:hello world,"u8],
        [2, .. "5:hello,5:he"u8],
        [1, .. "0005:hello,0000001:x,"u8],
        [3, .. "1000001:"u8],
        [1, .. "00000005:hello,"u8],
        [3, .. "12345678:"u8],
        [9, .. "3:abc;"u8],
        [9, .. ":,"u8],
    ];

    public override void Run(byte[] input)
    {
        FuzzBytes bytes = new(input);
        int readSize = 1 + bytes.Next();
        byte[] wire = bytes.Rest();
        Parsing whole = Read(PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(wire)));
        whole.MustEqual(Read(PipeReader.Create(new SmallReads(wire, readSize))), "in pieces");
        Expected(wire).MustEqual(whole, "the reader's");
        Rewritten(whole.Items).MustEqual(whole with { Error = null }, "before it was written");
    }

    private static Parsing Read(PipeReader reader)
    {
        List<string> messages = [];
        try
        {
            while (Now.Of(NetstringReader.ReadAsync(reader)) is { } message) messages.Add(Encoding.Latin1.GetString(message));
            return new Parsing(messages, Error: null, 0);
        }
        catch (NetstringException)
        {
            return new Parsing(messages, NoNetstring, 0);
        }
    }

    private static Parsing Rewritten(IEnumerable<string> messages)
    {
        using MemoryStream wire = new();
        PipeWriter writer = PipeWriter.Create(wire, new StreamPipeWriterOptions(leaveOpen: true));
        foreach (string message in messages) Now.Of(NetstringWriter.WriteAsync(writer, Encoding.Latin1.GetBytes(message)));
        return Read(PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(wire.ToArray())));
    }

    private static Parsing Expected(byte[] wire)
    {
        List<string> messages = [];
        string text = Encoding.Latin1.GetString(wire);
        for (int at = 0; at < text.Length;)
        {
            int digits = text.AsSpan(at).IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > MaxDigits || text[at + digits] != ':') return new Parsing(messages, NoNetstring, 0);
            int length = int.Parse(text.AsSpan(at, digits), System.Globalization.CultureInfo.InvariantCulture);
            int start = at + digits + 1;
            if (length > LongestMessage || start + length >= text.Length || text[start + length] != ',') return new Parsing(messages, NoNetstring, 0);
            messages.Add(text.Substring(start, length));
            at = start + length + 1;
        }

        return new Parsing(messages, Error: null, 0);
    }
}
