using System.Buffers;

namespace StreamPipes.Framing.Formats;

/// <summary>A format whose frames tell their length before they come.</summary>
internal abstract class PrefixFormat : FrameFormat
{
    /// <summary>More than any frame of any protocol; sums with it do not overflow.</summary>
    protected const ulong MostFollowing = 1UL << 62;

    protected PrefixFormat(int maximumLength)
        : base(maximumLength)
    {
    }

    /// <summary>The most bytes that have to be there before the length is known.</summary>
    protected abstract int LongestHeader { get; }

    public override string ToString() => $"frames of at most {MaximumLength} bytes behind {Describe()}";

    internal sealed override FrameScan Scan(in ReadOnlySequence<byte> unread, ref long scanned)
    {
        int count = (int)Math.Min(unread.Length, LongestHeader);
        Span<byte> copy = stackalloc byte[LengthPrefixFormat.LargestHeader];
        unread.Slice(0, count).CopyTo(copy);
        FrameScan announced = ReadHeader(copy.Slice(0, count));
        return announced.Status == ScanStatus.Found && announced.Total > unread.Length ? FrameScan.Incomplete : announced;
    }

    /// <summary>What the first bytes tell of the frame, whether or not it is there.</summary>
    protected abstract FrameScan ReadHeader(ReadOnlySpan<byte> bytes);

    protected abstract string Describe();
}
