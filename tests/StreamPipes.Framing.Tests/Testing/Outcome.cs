using System.Globalization;

namespace StreamPipes.Framing.Tests.Testing;

/// <summary>What came out of a stream of bytes: the frames, and how it ended.</summary>
/// <param name="Frames">The frames, as hexadecimal digits.</param>
/// <param name="Error">What was wrong after them; null for an end between two frames.</param>
/// <param name="Position">Where that frame begins; after an end in order, the length of the stream.</param>
internal sealed record Outcome(IReadOnlyList<string> Frames, FrameErrorKind? Error, long Position)
{
    public static Outcome Of(IEnumerable<byte[]> frames, FrameErrorKind? error, long position) => new([.. frames.Select(Convert.ToHexString)], error, position);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', Frames.Select(frame => $"[{frame}]"))} then {Error?.ToString() ?? "the end"} at {Position}");
}
