using System.Buffers;

namespace StreamPipes.Framing.Formats;

/// <summary>Every frame ends with LF, or with CR LF: the CR before an LF is no part of the frame.</summary>
internal sealed class LineFormat : FrameFormat
{
    private const string EndsWithHalf = "The frame ends with CR, which would be read as a part of the line's end.";

    private const byte CR = (byte)'\r';
    private const byte LF = (byte)'\n';

    /// <summary>How many bytes hold the longest frame and its longer end.</summary>
    private readonly long _longest;

    public LineFormat(int maximumLength)
        : base(maximumLength)
    {
        _longest = (long)maximumLength + 2;
    }

    internal override ReadOnlySpan<byte> Trailer => "\n"u8;

    public override string ToString() => $"frames of at most {MaximumLength} bytes that end with LF or CR LF";

    internal override bool TryFind(ReadOnlySpan<byte> unread, long scanned, out FrameExtent extent)
    {
        // What is longer cannot be good, and need not be searched.
        ReadOnlySpan<byte> searched = unread.Length > _longest ? unread.Slice(0, (int)_longest) : unread;
        if (scanned <= searched.Length)
        {
            int end = (int)scanned + searched.Slice((int)scanned).IndexOf(LF);
            if (end >= scanned)
            {
                int length = end > 0 && searched[end - 1] == CR ? end - 1 : end;
                extent = new FrameExtent(0, length, end + 1);
                return length <= MaximumLength;
            }
        }

        extent = default;
        return false;
    }

    internal override FrameScan Scan(in ReadOnlySequence<byte> unread, ref long scanned)
    {
        long available = Math.Min(unread.Length, _longest);
        ReadOnlySequence<byte> searched = unread.Slice(0, available);
        long end = DelimiterSearch.IndexOf(searched, Trailer, scanned);
        if (end >= 0)
        {
            scanned = end;
            long length = EndsWithCR(searched.Slice(0, end)) ? end - 1 : end;
            return length > MaximumLength ? FrameScan.TooLong() : FrameScan.Found(0, length, end + 1);
        }

        // With one byte more than a frame may have, only an LF behind a CR is in time.
        if (available == _longest || (available > MaximumLength && !EndsWithCR(searched))) return FrameScan.TooLong();
        scanned = available;
        return FrameScan.Incomplete;
    }

    internal override bool TryFindEnd(in ReadOnlySequence<byte> unread, out long count, out int delimiter)
    {
        long end = DelimiterSearch.IndexOf(unread, Trailer, from: 0);
        ReadOnlySequence<byte> line = end >= 0 ? unread.Slice(0, end) : unread;
        int trailingCR = EndsWithCR(line) ? 1 : 0;
        delimiter = trailingCR + 1;
        count = end >= 0 ? end + 1 : unread.Length - trailingCR;
        return end >= 0;
    }

    internal override FrameScan ScanLast(in ReadOnlySequence<byte> unread)
    {
        long length = EndsWithCR(unread) ? unread.Length - 1 : unread.Length;
        return length > MaximumLength ? FrameScan.TooLong(length) : FrameScan.Found(0, length, unread.Length);
    }

    internal override string? Refuses(ReadOnlySpan<byte> frame) =>
        frame.IndexOf(LF) >= 0 ? DelimiterFormat.HoldsDelimiter : !frame.IsEmpty && frame[frame.Length - 1] == CR ? EndsWithHalf : null;

    internal override string? Refuses(in ReadOnlySequence<byte> frame) =>
        DelimiterSearch.IndexOf(frame, Trailer, from: 0) >= 0 ? DelimiterFormat.HoldsDelimiter : EndsWithCR(frame) ? EndsWithHalf : null;

    private static bool EndsWithCR(in ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty) return false;
        Span<byte> last = stackalloc byte[1];
        line.Slice(line.Length - 1).CopyTo(last);
        return last[0] == CR;
    }
}
