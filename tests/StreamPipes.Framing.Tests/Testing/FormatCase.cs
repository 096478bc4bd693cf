using System.Numerics;
using System.Text;

namespace StreamPipes.Framing.Tests.Testing;

/// <summary>A format with its oracle, under a name for the log.</summary>
internal sealed record FormatCase(string Name, FrameFormat Format, Oracle Oracle)
{
    /// <summary>The longest frame of every case but those of one size: more than one byte of a varint.</summary>
    private const int Maximum = 300;

    private static readonly FormatCase[] Cases =
    [
        Prefix("1 byte", new LengthPrefixOptions { Size = 1 }, maximum: 200),
        Prefix("2 bytes", new LengthPrefixOptions { Size = 2 }),
        Prefix("2 bytes, little endian", new LengthPrefixOptions { Size = 2, IsLittleEndian = true }),
        Prefix("4 bytes", new LengthPrefixOptions()),
        Prefix("4 bytes, little endian", new LengthPrefixOptions { IsLittleEndian = true }),
        Prefix("4 bytes, inclusive", new LengthPrefixOptions { IsInclusive = true }),
        Prefix("8 bytes", new LengthPrefixOptions { Size = 8 }),
        Prefix("8 bytes, little endian", new LengthPrefixOptions { Size = 8, IsLittleEndian = true }),
        Prefix("2 bytes that do not count 3 that follow", new LengthPrefixOptions { Size = 2, Adjustment = 3 }),
        Prefix("2 bytes that count 3 too many", new LengthPrefixOptions { Size = 2, Adjustment = -3 }),
        Prefix("TPKT", new LengthPrefixOptions { Size = 2, Offset = 2, IsInclusive = true, IncludesHeader = true }),
        Prefix("PostgreSQL", new LengthPrefixOptions { Offset = 1, Adjustment = -4, IncludesHeader = true }),
        new("LEB128", FrameFormat.VarintPrefix(Maximum), new Oracle.Varint(DecodeLeb128, EncodeLeb128) { Maximum = Maximum }),
        new("SPOP varint", FrameFormat.SpopVarintPrefix(Maximum), new Oracle.Varint(DecodeSpop, EncodeSpop) { Maximum = Maximum }),
        new("lines", FrameFormat.Lines(Maximum), new Oracle.Lines { Maximum = Maximum }),
        Delimited("LF", "\n", FrameFormat.Delimiter("\n"u8, Maximum)),
        Delimited("CR LF", "\r\n", FrameFormat.CrLfLines(Maximum)),
        Delimited("aba", "aba", FrameFormat.Delimiter("aba"u8, Maximum)),
        Delimited("five dashes", "-----", FrameFormat.Delimiter("-----"u8, Maximum)),
        new("1 byte each", FrameFormat.FixedSize(1), new Oracle.Fixed { Maximum = 1 }),
        new("7 bytes each", FrameFormat.FixedSize(7), new Oracle.Fixed { Maximum = 7 }),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(format => format.Name)];

    public static FormatCase Of(string name) => Cases.Single(format => string.Equals(format.Name, name, StringComparison.Ordinal));

    public static byte[] EncodeLeb128(int value)
    {
        List<byte> bytes = [];
        do
        {
            bytes.Add((byte)((value % 128) + (value >= 128 ? 128 : 0)));
            value /= 128;
        }
        while (value > 0);
        return [.. bytes];
    }

    /// <summary>Frames of all kinds of lengths, and the stream that they make.</summary>
    public (byte[][] Frames, byte[] Stream) Random(Random random, int count)
    {
        int maximum = Oracle.Maximum;
        byte[][] frames = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            byte[] frame = new byte[random.Next(4) switch { 0 => random.Next(3), 1 => maximum - random.Next(Math.Min(3, maximum)), 2 => random.Next(maximum + 1), _ => random.Next(Math.Min(20, maximum + 1)) }];
            random.NextBytes(frame);
            frames[i] = Oracle.Fit(frame);
        }

        return (frames, [.. frames.SelectMany(Oracle.Encode)]);
    }

    private static FormatCase Prefix(string name, LengthPrefixOptions options, int maximum = Maximum) =>
        new(name, FrameFormat.LengthPrefix(options, maximum), new Oracle.Prefix(options) { Maximum = maximum });

    private static FormatCase Delimited(string name, string delimiter, FrameFormat format) =>
        new(name, format, new Oracle.Delimited(Encoding.ASCII.GetBytes(delimiter)) { Maximum = Maximum });

    private static (bool IsWhole, BigInteger Value, int Size) DecodeLeb128(byte[] bytes)
    {
        BigInteger value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            value += (BigInteger)(bytes[i] % 128) << (7 * i);
            if (bytes[i] < 128) return (value <= ulong.MaxValue, value, i + 1);
        }

        return (false, value, 0);
    }

    private static (bool IsWhole, BigInteger Value, int Size) DecodeSpop(byte[] bytes)
    {
        if (bytes.Length == 0) return (false, 0, 0);
        BigInteger value = bytes[0];
        if (value < 240) return (true, value, 1);
        for (int i = 1; i < bytes.Length; i++)
        {
            value += (BigInteger)bytes[i] << ((7 * i) - 3);
            if (bytes[i] < 128) return (value <= ulong.MaxValue, value, i + 1);
        }

        return (false, value, 0);
    }

    /// <summary>As HAProxy's documentation of SPOP has it.</summary>
    private static byte[] EncodeSpop(int value)
    {
        if (value < 240) return [(byte)value];
        List<byte> bytes = [(byte)(value % 16 | 240)];
        int rest = (value - 240) / 16;
        while (rest >= 128)
        {
            bytes.Add((byte)((rest % 128) | 128));
            rest = (rest - 128) / 128;
        }

        bytes.Add((byte)rest);
        return [.. bytes];
    }
}
