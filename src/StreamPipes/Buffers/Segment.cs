using System.Buffers;
using System.Diagnostics;

namespace StreamPipes.Buffers;

/// <summary>
/// A piece of memory in a <see cref="ByteQueue"/>, with its one owner, who takes the memory back. Its running index is the position in the whole
/// stream of bytes.
/// </summary>
internal class Segment : ReadOnlySequenceSegment<byte>
{
    private Memory<byte> _memory;
    private IMemoryOwner<byte>? _owner;

    /// <summary>The queue whose bytes it holds, as long as it holds some: a position in it is one in that queue only.</summary>
    public ByteQueue? Queue { get; private set; }

    /// <summary>How many bytes of the memory have been written. The writer's to read, until the segment has gone back.</summary>
    public int Filled { get; private set; }

    public Memory<byte> Free => _memory.Slice(Filled);

    public int FreeLength => _memory.Length - Filled;

    public Segment? NextSegment => (Segment?)Next;

    public long Start => RunningIndex;

    /// <summary>The position after the last byte, once the segment is sealed; before, where it would be full.</summary>
    public long Limit => RunningIndex + Memory.Length;

    public void Own(IMemoryOwner<byte> owner)
    {
        Debug.Assert(_owner is null, "A segment has one owner of its memory at a time.");
        _owner = owner;
        _memory = owner.Memory;
    }

    /// <summary>Makes an empty segment of it, whose first byte has that position in that queue.</summary>
    public void Open(ByteQueue queue, long position)
    {
        Debug.Assert(Next is null && Queue is null, "A segment is opened when it is new, or has been released.");
        Queue = queue;
        RunningIndex = position;
        Memory = _memory;
        Filled = 0;
    }

    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= FreeLength, "No more is written than there is room for.");
        Filled += count;
    }

    /// <summary>
    /// Nothing more is written to it. A thread that reads it at the same time sees the old length or the new one: both cover what has been published.
    /// </summary>
    public void Seal() => Memory = _memory.Slice(0, Filled);

    public void Link(Segment next)
    {
        Debug.Assert(Next is null, "A segment is linked once.");
        Next = next;
    }

    /// <summary>Gives the memory back to its owner. The segment may be used again, with other memory.</summary>
    /// <param name="clears">Whether all of the memory is cleared first: more may have been put there than was said to be written.</param>
    public void Release(bool clears)
    {
        Queue = null;
        Next = null;
        Memory = default;
        Filled = 0;
        if (clears) _memory.Span.Clear();
        GiveBack();
    }

    /// <summary>Gives the memory back.</summary>
    protected virtual void GiveBack()
    {
        IMemoryOwner<byte>? owner = _owner;
        _memory = default;
        _owner = null;
        owner?.Dispose();

        // Last: if the caller's pool throws, no other owner gets a segment that may still be in use here.
        SegmentPool.Return(this);
    }
}
