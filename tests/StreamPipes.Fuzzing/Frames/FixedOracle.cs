namespace StreamPipes.Fuzzing.Frames;

/// <summary>Every frame has the same size.</summary>
internal sealed class FixedOracle : FrameOracle
{
    public override FrameVerdict Next(ReadOnlySpan<byte> rest, bool isLastOpen) =>
        rest.Length < Maximum ? FrameVerdict.Truncated : FrameVerdict.Good(0, (int)Maximum, (int)Maximum);

    protected override byte[]? Encode(byte[] frame) => frame.Length == Maximum ? frame : null;
}
