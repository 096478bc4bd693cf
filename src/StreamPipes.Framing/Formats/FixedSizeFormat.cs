using System.Buffers;

namespace StreamPipes.Framing.Formats;

/// <summary>Every frame has the same size.</summary>
internal sealed class FixedSizeFormat : FrameFormat
{
    public FixedSizeFormat(int size)
        : base(size >= 1 ? size : throw new ArgumentOutOfRangeException(nameof(size), size, "A frame has at least one byte."))
    {
    }

    public override string ToString() => $"frames of {MaximumLength} bytes";

    internal override bool TryFind(ReadOnlySpan<byte> unread, long scanned, out FrameExtent extent)
    {
        extent = new FrameExtent(0, MaximumLength, MaximumLength);
        return unread.Length >= MaximumLength;
    }

    internal override FrameScan Scan(in ReadOnlySequence<byte> unread, ref long scanned) =>
        unread.Length >= MaximumLength ? FrameScan.Found(0, MaximumLength, MaximumLength) : FrameScan.Incomplete;

    internal override string? Refuses(long length) => length == MaximumLength ? null : $"A frame of this format has {MaximumLength} bytes; this one has {length}.";
}
