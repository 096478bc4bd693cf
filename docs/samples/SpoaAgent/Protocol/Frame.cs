using System.Buffers;

namespace SpoaAgent;

/// <summary>A frame, or all fragments of one as a whole. The payload is good until the reader is advanced.</summary>
internal readonly record struct Frame(FrameType Type, FrameFlags Flags, ulong StreamId, ulong FrameId, ReadOnlySequence<byte> Payload)
{
    /// <summary>Whether there was more payload than is allowed: it was dropped, and what is still to come of it will be.</summary>
    public bool IsTooLarge { get; init; }

    public bool IsFinal => Flags.HasFlag(FrameFlags.Final);

    public bool IsAborted => Flags.HasFlag(FrameFlags.Abort);

    public bool BelongsTo(in Frame other) => StreamId == other.StreamId && FrameId == other.FrameId;
}
