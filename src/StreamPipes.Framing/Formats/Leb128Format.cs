namespace StreamPipes.Framing.Formats;

/// <summary>Seven bits a byte, the least first; the highest bit says that more follow.</summary>
internal sealed class Leb128Format : VarintFormat
{
    public Leb128Format(int maximumLength)
        : base(maximumLength)
    {
    }

    internal override int OuterHeader(long length)
    {
        int size = 1;
        for (ulong rest = (ulong)length >> 7; rest != 0; rest >>= 7) size++;
        return size;
    }

    internal override void SetLength(Span<byte> header, long length)
    {
        ulong rest = (ulong)length;
        int i = 0;
        for (; rest >= 128; rest >>= 7) header[i++] = (byte)(rest | 128);
        header[i] = (byte)rest;
    }

    protected override int Decode(ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        if (bytes.Length > 0 && bytes[0] < 128)
        {
            value = bytes[0];
            return 1;
        }

        for (int i = 0; i < MostBytes; i++)
        {
            if (i == bytes.Length) return NeedsMore;
            byte next = bytes[i];

            // Nine bytes hold 63 bits.
            if (i == MostBytes - 1 && next > 1) return HasTooMany;
            value |= (ulong)(next & 127) << (7 * i);
            if (next < 128) return i + 1;
        }

        return HasTooMany;
    }

    protected override string Describe() => "a length in LEB128";
}
