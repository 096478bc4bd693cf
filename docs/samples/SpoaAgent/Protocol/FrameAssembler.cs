using System.Buffers;

namespace SpoaAgent;

/// <summary>
/// Takes frames off the front of a buffer, in whatever pieces they come. Fragments are left in the buffer until the last one is there: then the
/// payload is a sequence over the bytes that were received. Nothing is copied, and what was understood is not read again.
/// </summary>
/// <param name="maxBuffered">How many bytes of fragments, their headers among them, may stay in the buffer.</param>
internal sealed class FrameAssembler(int maxBuffered)
{
    private readonly List<(long Start, long Length)> _fragments = [];
    private Frame _first;
    private long _scanned;
    private bool _isOpen;
    private bool _isDiscarding;

    /// <summary>The largest frame; what was agreed on, once that is known.</summary>
    public int MaxFrameSize { get; set; } = 16 * 1024;

    /// <summary>How many frames were fragments of a payload.</summary>
    public long FragmentCount { get; private set; }

    /// <summary>
    /// Takes the next frame, or the next payload of several fragments. When it returns false, the rest of the buffer has been examined and more
    /// is needed; what was understood of fragments stays in the buffer.
    /// </summary>
    /// <exception cref="SpopException">The bytes break the protocol.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out Frame frame)
    {
        while (FrameHeader.TryRead(buffer.Slice(_scanned), MaxFrameSize, out frame, out long length))
        {
            if (_isDiscarding && Discards(frame))
            {
                buffer = buffer.Slice(length);
            }
            else if (_isOpen)
            {
                if (Continue(ref buffer, ref frame, length)) return true;
            }
            else if (frame.Type == FrameType.Unset)
            {
                throw new SpopException(SpopStatus.FrameIdNotFound, "a fragment belongs to no payload");
            }
            else if (frame.IsFinal)
            {
                buffer = buffer.Slice(length);
                return true;
            }
            else
            {
                Open(frame, length);
            }
        }

        frame = default;
        return false;
    }

    /// <summary>Whether a frame is what was still on its way of a payload that was refused. The peer may stop in the middle of it.</summary>
    private bool Discards(in Frame frame)
    {
        bool isRest = frame.Type == FrameType.Unset && frame.BelongsTo(_first);
        if (isRest) FragmentCount++;
        _isDiscarding = isRest && !frame.IsFinal;
        return isRest;
    }

    private void Open(in Frame frame, long length)
    {
        if (frame.Type != FrameType.Notify) throw new SpopException(SpopStatus.InvalidFrame, $"a frame of the type {frame.Type} must not be fragmented");

        // Its payload stays in the buffer, at a place that is counted from the front, and the front stays where it is.
        _first = frame with { Payload = default };
        _isOpen = true;
        Keep(frame, length);
    }

    /// <summary>True if the payload is complete, is given up, or has become too large.</summary>
    private bool Continue(ref ReadOnlySequence<byte> buffer, ref Frame frame, long length)
    {
        if (frame.Type == FrameType.HaproxyDisconnect)
        {
            // It takes effect at once, so that what was kept is of no use any more.
            buffer = buffer.Slice(_scanned + length);
            Close();
            return true;
        }

        if (frame.Type != FrameType.Unset || !frame.BelongsTo(_first))
            throw new SpopException(SpopStatus.InterlacedFrames, "another frame came before the last fragment of a payload");
        Keep(frame, length);
        bool isTooLarge = _scanned > maxBuffered;
        if (!frame.IsFinal && !isTooLarge) return false;
        bool isUsable = !isTooLarge && !frame.IsAborted;
        FrameFlags flags = frame.Flags;
        frame = _first with { Flags = flags, IsTooLarge = isTooLarge, Payload = isUsable ? PayloadSegment.Join(buffer, _fragments) : default };
        buffer = buffer.Slice(_scanned);
        Close();
        _isDiscarding = !flags.HasFlag(FrameFlags.Final);
        return true;
    }

    private void Keep(in Frame frame, long length)
    {
        FragmentCount++;
        _scanned += length;
        _fragments.Add((_scanned - frame.Payload.Length, frame.Payload.Length));
    }

    private void Close()
    {
        _fragments.Clear();
        _scanned = 0;
        _isOpen = false;
    }
}
