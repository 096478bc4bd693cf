using System.Buffers;

namespace StreamPipes.Framing.Formats;

/// <summary>Every frame ends with a delimiter.</summary>
internal sealed class DelimiterFormat : FrameFormat
{
    public const string HoldsDelimiter = "The frame contains its own delimiter and would be read as two.";

    private readonly byte[] _delimiter;

    /// <summary>How many bytes hold the longest frame and its delimiter.</summary>
    private readonly long _longest;

    /// <summary>Whether two delimiters can overlap, as those of "aba" do in "ababa": then the end of a frame and its delimiter may hold another.</summary>
    private readonly bool _overlaps;

    public DelimiterFormat(ReadOnlySpan<byte> delimiter, int maximumLength)
        : base(maximumLength)
    {
        if (delimiter.IsEmpty) throw new ArgumentException("A delimiter has at least one byte.", nameof(delimiter));
        _delimiter = delimiter.ToArray();
        _longest = (long)maximumLength + delimiter.Length;
        for (int shift = 1; shift < delimiter.Length; shift++) _overlaps |= delimiter.Slice(shift).SequenceEqual(delimiter.Slice(0, delimiter.Length - shift));
    }

    internal override ReadOnlySpan<byte> Trailer => _delimiter;

    public override string ToString() => $"frames of at most {MaximumLength} bytes that end with {BitConverter.ToString(_delimiter)}";

    internal override bool TryFind(ReadOnlySpan<byte> unread, long scanned, out FrameExtent extent)
    {
        // What is longer cannot be good, and need not be searched.
        ReadOnlySpan<byte> searched = unread.Length > _longest ? unread.Slice(0, (int)_longest) : unread;
        if (scanned <= searched.Length)
        {
            int from = (int)scanned;
            int found = _delimiter.Length == 1 ? searched.Slice(from).IndexOf(_delimiter[0]) : searched.Slice(from).IndexOf(_delimiter);
            if (found >= 0)
            {
                extent = new FrameExtent(0, from + found, from + found + _delimiter.Length);
                return true;
            }
        }

        extent = default;
        return false;
    }

    internal override FrameScan Scan(in ReadOnlySequence<byte> unread, ref long scanned)
    {
        long available = Math.Min(unread.Length, _longest);
        long found = DelimiterSearch.IndexOf(unread.Slice(0, available), _delimiter, scanned);
        if (found >= 0)
        {
            scanned = found;
            return FrameScan.Found(0, found, found + _delimiter.Length);
        }

        if (available == _longest) return FrameScan.TooLong();
        scanned = BeforePossibleDelimiter(available);
        return FrameScan.Incomplete;
    }

    internal override bool TryFindEnd(in ReadOnlySequence<byte> unread, out long count, out int delimiter)
    {
        delimiter = _delimiter.Length;
        long found = DelimiterSearch.IndexOf(unread, _delimiter, from: 0);
        count = found >= 0 ? found + _delimiter.Length : BeforePossibleDelimiter(unread.Length);
        return found >= 0;
    }

    internal override FrameScan ScanLast(in ReadOnlySequence<byte> unread)
    {
        long length = unread.Length;
        return length > MaximumLength ? FrameScan.TooLong(length) : FrameScan.Found(0, length, length);
    }

    internal override string? Refuses(ReadOnlySpan<byte> frame)
    {
        bool holdsOne = _delimiter.Length == 1 ? frame.IndexOf(_delimiter[0]) >= 0 : frame.IndexOf(_delimiter) >= 0;
        return holdsOne || (_overlaps && EndsWithHalf(frame)) ? HoldsDelimiter : null;
    }

    internal override string? Refuses(in ReadOnlySequence<byte> frame)
    {
        if (DelimiterSearch.IndexOf(frame, _delimiter, from: 0) >= 0) return HoldsDelimiter;
        return _overlaps && EndsWithHalf(frame.Slice(Math.Max(0, frame.Length - _delimiter.Length)).ToArray()) ? HoldsDelimiter : null;
    }

    /// <summary>The last bytes may be the front of a delimiter.</summary>
    private long BeforePossibleDelimiter(long available) => Math.Max(0, available - _delimiter.Length + 1);

    /// <summary>Whether the end of the frame makes a delimiter together with the front of its own.</summary>
    private bool EndsWithHalf(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> delimiter = _delimiter;
        for (int half = 1; half < delimiter.Length && half <= frame.Length; half++)
        {
            if (frame.Slice(frame.Length - half).SequenceEqual(delimiter.Slice(0, half))
                && delimiter.Slice(half).SequenceEqual(delimiter.Slice(0, delimiter.Length - half))) return true;
        }

        return false;
    }
}
