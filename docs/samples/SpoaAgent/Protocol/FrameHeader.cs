using System.Buffers;
using System.Buffers.Binary;

namespace SpoaAgent;

/// <summary>Lengths, types, flags and ids at the front of frames.</summary>
internal static class FrameHeader
{
    public const int LengthSize = 4;

    private const FrameFlags KnownFlags = FrameFlags.Final | FrameFlags.Abort;

    /// <summary>Reads the frame at the front of a buffer, if all of it is there.</summary>
    /// <param name="buffer">What was received.</param>
    /// <param name="maxFrameSize">The largest length that was agreed on.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="length">How many bytes of the buffer it is, with its length in front.</param>
    /// <exception cref="SpopException">It is too long, or no frame.</exception>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, int maxFrameSize, out Frame frame, out long length)
    {
        frame = default;
        length = 0;
        SequenceReader<byte> reader = new(buffer);
        if (!reader.TryReadBigEndian(out int size)) return false;

        // Told before it has arrived: nobody has to wait for, or store, what is refused.
        if (unchecked((uint)size) > (uint)maxFrameSize)
            throw new SpopException(SpopStatus.FrameTooBig, $"a frame has {unchecked((uint)size)} bytes, and {maxFrameSize} were agreed on");
        if (reader.Remaining < size) return false;
        length = LengthSize + (long)size;
        SequenceReader<byte> whole = new(buffer.Slice(LengthSize, size));
        if (!whole.TryRead(out byte type) || !whole.TryReadBigEndian(out int flags) || !Varint.TryRead(ref whole, out ulong streamId) || !Varint.TryRead(ref whole, out ulong frameId))
            throw new SpopException(SpopStatus.InvalidFrame, "a frame ends before its payload begins");
        frame = new Frame((FrameType)type, (FrameFlags)flags & KnownFlags, streamId, frameId, whole.UnreadSequence);
        return true;
    }

    /// <summary>Writes a frame that is not fragmented.</summary>
    public static void Write(IBufferWriter<byte> output, FrameType type, FrameFlags flags, ulong streamId, ulong frameId, ReadOnlySpan<byte> payload)
    {
        int size = SizeOf(streamId, frameId, payload.Length);
        Span<byte> head = output.GetSpan(LengthSize + 5);
        BinaryPrimitives.WriteInt32BigEndian(head, size);
        head[LengthSize] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(head[(LengthSize + 1)..], (int)flags);
        output.Advance(LengthSize + 5);
        output.WriteVarint(streamId);
        output.WriteVarint(frameId);
        output.Write(payload);
    }

    /// <summary>What a frame with such a payload counts against the largest size.</summary>
    public static int SizeOf(ulong streamId, ulong frameId, int payloadLength) => 5 + Varint.LengthOf(streamId) + Varint.LengthOf(frameId) + payloadLength;
}
