using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>A length of fixed size.</summary>
internal sealed class PrefixOracle(LengthPrefixOptions options) : FrameOracle
{
    private static readonly Int128 Most = Int128.One << 62;

    private int Header => options.Offset + options.Size;

    private int Included => options.IncludesHeader ? Header : 0;

    public override FrameVerdict Next(ReadOnlySpan<byte> rest, bool isLastOpen)
    {
        if (rest.Length < Header) return FrameVerdict.Truncated;
        Int128 value = 0;
        for (int i = 0; i < options.Size; i++) value = (value << 8) | rest[options.Offset + (options.IsLittleEndian ? options.Size - 1 - i : i)];
        Int128 following = value + options.Adjustment - (options.IsInclusive ? Header : 0);
        if (value > Most || following < 0) return FrameVerdict.Malformed;
        Int128 length = following + Included;
        if (length > Maximum) return FrameVerdict.TooLong((long)length, Header + following, (long)length);
        return rest.Length < Header + following ? FrameVerdict.Truncated : FrameVerdict.Good(Header - Included, (int)length, Header + (int)following);
    }

    protected override byte[]? Encode(byte[] frame)
    {
        Int128 value = frame.Length - Included - (Int128)options.Adjustment + (options.IsInclusive ? Header : 0);
        if (frame.Length < Included || value < 0) return null;
        byte[] prefix = new byte[options.Size];
        for (int i = 0; i < prefix.Length; i++) prefix[options.IsLittleEndian ? i : prefix.Length - 1 - i] = (byte)((value >> (8 * i)) & 255);
        return options.IncludesHeader ? [.. frame[..options.Offset], .. prefix, .. frame[Header..]] : [.. prefix, .. frame];
    }
}
