namespace StreamPipes.Fuzzing.Frames;

/// <summary>A delimiter behind every frame; for lines an LF, and a CR before it is a part of it.</summary>
internal sealed class DelimiterOracle(byte[] delimiter, bool isLine) : FrameOracle
{
    public override FrameVerdict Next(ReadOnlySpan<byte> rest, bool isLastOpen)
    {
        int found = rest.IndexOf(delimiter);
        int length = found < 0 ? rest.Length : found;
        bool hasCR = isLine && length > 0 && rest[length - 1] == '\r';
        if (hasCR) length--;
        if (found >= 0) return length <= Maximum ? FrameVerdict.Good(0, length, found + delimiter.Length) : FrameVerdict.TooLong(-1, found + delimiter.Length, length);

        // The end comes first. So much of an open frame could have been told to be too long before it.
        bool isKnown = isLine ? length > Maximum : rest.Length >= Maximum + delimiter.Length;
        Int128 total = isLastOpen ? rest.Length : Int128.MaxValue;
        if (isKnown) return FrameVerdict.TooLong(-1, total, length);
        if (!isLastOpen) return FrameVerdict.Truncated;
        return length > Maximum ? FrameVerdict.TooLong(length, total, length) : FrameVerdict.Good(0, length, rest.Length);
    }

    /// <summary>Whatever is read again as it was.</summary>
    protected override byte[]? Encode(byte[] frame)
    {
        byte[] encoded = [.. frame, .. delimiter];
        bool isReadAgain = encoded.AsSpan().IndexOf(delimiter) == frame.Length && !(isLine && frame is [.., (byte)'\r']);
        return isReadAgain ? encoded : null;
    }
}
