namespace StreamPipes.Framing.Formats;

/// <summary>HAProxy's: up to 239 in one byte, then four bits in the first byte and seven in each that follows, of which the highest bit says that more follow.</summary>
internal sealed class SpopVarintFormat : VarintFormat
{
    /// <summary>The first number of more than one byte.</summary>
    private const int Long = 240;

    public SpopVarintFormat(int maximumLength)
        : base(maximumLength)
    {
    }

    internal override int OuterHeader(long length)
    {
        if (length < Long) return 1;
        int size = 2;
        for (ulong rest = ((ulong)length - Long) >> 4; rest >= 128; rest = (rest - 128) >> 7) size++;
        return size;
    }

    internal override void SetLength(Span<byte> header, long length)
    {
        if (length < Long)
        {
            header[0] = (byte)length;
            return;
        }

        header[0] = (byte)(length | Long);
        int i = 1;
        ulong rest = ((ulong)length - Long) >> 4;
        for (; rest >= 128; rest = (rest - 128) >> 7) header[i++] = (byte)(rest | 128);
        header[i] = (byte)rest;
    }

    protected override int Decode(ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        if (bytes.IsEmpty) return NeedsMore;
        value = bytes[0];
        if (value < Long) return 1;
        for (int i = 1, shift = 4; i < MostBytes; i++, shift += 7)
        {
            if (i == bytes.Length) return NeedsMore;
            ulong next = bytes[i];
            ulong part = next << shift;
            if (part >> shift != next || value + part < value) return HasTooMany;
            value += part;
            if (next < 128) return i + 1;
        }

        return HasTooMany;
    }

    protected override string Describe() => "a length in HAProxy's varint";
}
