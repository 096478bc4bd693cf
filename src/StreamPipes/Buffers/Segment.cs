using System.Buffers;

namespace StreamPipes.Buffers;

/// <summary>A block of memory in a <see cref="ByteQueue"/>. Its running index is the position in the whole stream of bytes.</summary>
internal class Segment : ReadOnlySequenceSegment<byte>
{
    private Memory<byte> _block;
    private IMemoryOwner<byte>? _owner;
    private byte[]? _array;

    /// <summary>How many bytes of the block have been written. The writer's to read, until the segment has gone back.</summary>
    public int Filled { get; private set; }

    public Memory<byte> Free => _block.Slice(Filled);

    public int FreeLength => _block.Length - Filled;

    public Segment? NextSegment => (Segment?)Next;

    public long Start => RunningIndex;

    /// <summary>The position after the last byte, once the segment is sealed; before, where it would be full.</summary>
    public long Limit => RunningIndex + Memory.Length;

    public void Own(IMemoryOwner<byte> owner)
    {
        _owner = owner;
        _block = owner.Memory;
    }

    public void Own(byte[] array)
    {
        _array = array;
        _block = array;
    }

    /// <summary>Makes an empty segment of it, whose first byte has that position.</summary>
    public void Open(long position)
    {
        RunningIndex = position;
        Memory = _block;
        Filled = 0;
    }

    /// <summary>Somebody may still use the memory, who was not waited for: it must not get a second owner.</summary>
    public bool IsAbandoned { get; set; }

    public void Advance(int count) => Filled += count;

    /// <summary>
    /// Nothing more is written to it. Whoever reads it at the same time sees the old length or the new one: both cover what has been published.
    /// </summary>
    public void Seal() => Memory = _block.Slice(0, Filled);

    public void Link(Segment next) => Next = next;

    /// <summary>All of the block: more may have been put there than was said to be written, and what was read and dropped.</summary>
    public void Clear() => _block.Span.Clear();

    /// <summary>Gives the memory back. The segment may be used again, with other memory.</summary>
    public virtual void Release()
    {
        Reset();
        _block = default;
        IMemoryOwner<byte>? owner = _owner;
        byte[]? array = _array;
        _owner = null;
        _array = null;
        owner?.Dispose();
        if (array is not null) ArrayPool<byte>.Shared.Return(array);

        // Last: if somebody's pool throws, nobody else gets a segment that may still be in use here.
        SegmentPool.Return(this);
    }

    protected void Own(Memory<byte> block) => _block = block;

    protected void Reset()
    {
        Next = null;
        Memory = default;
        Filled = 0;
    }
}
