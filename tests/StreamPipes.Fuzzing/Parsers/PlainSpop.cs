using System.Buffers.Binary;
using System.Numerics;
using SpoaAgent;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>
/// Frames of SPOP, read in the plainest way: all bytes at once, integers without a limit. Up to the first fragment or HELLO, after which the size of frames is
/// another.
/// </summary>
internal sealed class PlainSpop
{
    private const int LengthSize = 4;
    private const int FlagsEnd = 5;

    public PlainSpop(byte[] wire, int maxFrameSize)
    {
        ReadOnlySpan<byte> rest = wire;
        while (rest.Length >= LengthSize)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(rest);
            IsWrong = size > maxFrameSize;
            if (IsWrong || rest.Length - LengthSize < size) return;
            ReadOnlySpan<byte> frame = rest.Slice(LengthSize, (int)size);
            rest = rest[(LengthSize + (int)size)..];
            int at = FlagsEnd;
            IsWrong = frame.Length < FlagsEnd || Integer(frame, ref at) is not { } streamId || Integer(frame, ref at) is not { } frameId || Add(frame, streamId, frameId, at);
            if (IsWrong || IsUndecided) return;
        }
    }

    public List<string> Frames { get; } = [];

    /// <summary>Whether the next frame is an error.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>Whether a frame came that needs more than a plain reading.</summary>
    public bool IsUndecided { get; private set; }

    /// <returns>Whether it is an error.</returns>
    private bool Add(ReadOnlySpan<byte> frame, BigInteger streamId, BigInteger frameId, int payloadStart)
    {
        FrameType type = (FrameType)frame[0];
        FrameFlags flags = (FrameFlags)(frame[FlagsEnd - 1] & 3);
        if (type == FrameType.Unset) return true;
        IsUndecided = type == FrameType.HaproxyHello || !flags.HasFlag(FrameFlags.Final);
        if (!IsUndecided) Frames.Add($"{type} {flags} {streamId}/{frameId}  {Convert.ToHexString(frame[payloadStart..])}");
        return false;
    }

    /// <returns>Null if it is none: it ends too early, or has more than 64 bits.</returns>
    private static BigInteger? Integer(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (at >= bytes.Length) return null;
        BigInteger value = bytes[at];
        int shift = 4;
        for (bool goesOn = bytes[at++] >= 240; goesOn; shift += 7)
        {
            if (at >= bytes.Length) return null;
            goesOn = bytes[at] >= 128;
            value += new BigInteger(bytes[at++]) << shift;
        }

        return value <= ulong.MaxValue ? value : null;
    }
}
