using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>A frame, or what is wrong with it.</summary>
/// <param name="Error">Null for a good frame.</param>
/// <param name="Start">How many bytes come before the frame.</param>
/// <param name="Length">Its length; -1 if it is not known.</param>
/// <param name="Total">How many bytes it takes in all, where it is good or can be skipped; more than there are if the end comes first.</param>
/// <param name="Whole">The length that is known once it is skipped.</param>
internal sealed record FrameVerdict(FrameErrorKind? Error, int Start, long Length, Int128 Total, long Whole)
{
    public static FrameVerdict Truncated => new(FrameErrorKind.Truncated, 0, -1, 0, 0);

    public static FrameVerdict Malformed => new(FrameErrorKind.Malformed, 0, -1, 0, 0);

    public static FrameVerdict Good(int start, int length, int total) => new(Error: null, start, length, total, length);

    public static FrameVerdict TooLong(long length, Int128 total, long whole) => new(FrameErrorKind.TooLong, 0, length, total, whole);
}
