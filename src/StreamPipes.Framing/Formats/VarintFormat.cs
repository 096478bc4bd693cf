namespace StreamPipes.Framing.Formats;

/// <summary>A length of as many bytes as it needs.</summary>
internal abstract class VarintFormat : PrefixFormat
{
    /// <summary>Of either kind, for 64 bits.</summary>
    protected const int MostBytes = 10;

    protected const int NeedsMore = 0;
    protected const int HasTooMany = -1;

    protected VarintFormat(int maximumLength)
        : base(maximumLength)
    {
    }

    protected override int LongestHeader => MostBytes;

    internal override bool TryFind(ReadOnlySpan<byte> unread, long scanned, out FrameExtent extent)
    {
        int header = Decode(unread, out ulong value);
        if (header > 0 && value <= (ulong)MaximumLength && (long)value <= unread.Length - header)
        {
            extent = new FrameExtent(header, (int)value, header + (int)value);
            return true;
        }

        extent = default;
        return false;
    }

    protected override FrameScan ReadHeader(ReadOnlySpan<byte> bytes)
    {
        int header = Decode(bytes, out ulong value);
        if (header == NeedsMore) return FrameScan.Incomplete;
        if (header == HasTooMany) return FrameScan.Malformed("its prefix has more than 64 bits");
        if (value > MostFollowing) return FrameScan.Malformed($"its prefix announces {value} bytes");
        return value > (ulong)MaximumLength
            ? FrameScan.TooLong((long)value, header + (long)value)
            : FrameScan.Found(header, (long)value, header + (long)value);
    }

    /// <returns>How many bytes the number takes, or one of the constants above.</returns>
    protected abstract int Decode(ReadOnlySpan<byte> bytes, out ulong value);
}
