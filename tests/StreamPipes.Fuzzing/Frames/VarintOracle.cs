namespace StreamPipes.Fuzzing.Frames;

/// <summary>A length of as many bytes as it needs: LEB128, or HAProxy's, whose first byte holds four bits under four ones.</summary>
internal sealed class VarintOracle(bool isSpop) : FrameOracle
{
    private const int MostBytes = 10;

    public override FrameVerdict Next(ReadOnlySpan<byte> rest, bool isLastOpen)
    {
        UInt128 value = 0;
        for (int i = 0; i < MostBytes; i++)
        {
            if (i == rest.Length) return FrameVerdict.Truncated;
            bool isFirst = i == 0;
            value += isSpop ? (UInt128)rest[i] << (isFirst ? 0 : (7 * i) - 3) : (UInt128)(rest[i] & 127) << (7 * i);
            if (value > ulong.MaxValue) return FrameVerdict.Malformed;
            if (rest[i] < (isSpop && isFirst ? 240 : 128)) return Of(rest, i + 1, value);
        }

        return FrameVerdict.Malformed;
    }

    protected override byte[]? Encode(byte[] frame)
    {
        List<byte> bytes = [];
        int rest = frame.Length;
        int bits = 7;
        int lead = 128;
        if (isSpop)
        {
            bits = 4;
            lead = 240;
        }

        // Both take off what the ones of the lead would count, HAProxy's only.
        while (rest >= lead)
        {
            bytes.Add((byte)(lead | (rest & ((1 << bits) - 1))));
            rest = (rest - (isSpop ? lead : 0)) >> bits;
            bits = 7;
            lead = 128;
        }

        return [.. bytes, (byte)rest, .. frame];
    }

    private FrameVerdict Of(ReadOnlySpan<byte> rest, int size, UInt128 value)
    {
        if (value > UInt128.One << 62) return FrameVerdict.Malformed;
        if (value > (UInt128)Maximum) return FrameVerdict.TooLong((long)value, size + (Int128)value, (long)value);
        return rest.Length - size < (int)value ? FrameVerdict.Truncated : FrameVerdict.Good(size, (int)value, size + (int)value);
    }
}
