using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>A plain reading and writing of one format, all bytes at hand.</summary>
internal abstract class FrameOracle
{
    public required long Maximum { get; init; }

    /// <summary>What is at the front of bytes that the end of the stream follows: at least one.</summary>
    /// <param name="rest">The bytes.</param>
    /// <param name="isLastOpen">Whether the last frame may lack its delimiter.</param>
    public abstract FrameVerdict Next(ReadOnlySpan<byte> rest, bool isLastOpen);

    /// <summary>The bytes of a frame in the stream; null if it cannot be written.</summary>
    public byte[]? Encode(byte[] frame, out FrameErrorKind refusal)
    {
        refusal = frame.Length > Maximum ? FrameErrorKind.TooLong : FrameErrorKind.Malformed;
        return frame.Length > Maximum ? null : Encode(frame);
    }

    protected abstract byte[]? Encode(byte[] frame);
}
