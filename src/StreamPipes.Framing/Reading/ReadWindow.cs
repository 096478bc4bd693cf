using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamPipes.Framing.Reading;

/// <summary>
/// What a read has given and no frame has taken yet: the segment where the next frame begins, at hand, and the rest of the buffer behind it. A field of the
/// reader, not a variable: it changes in place.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReadWindow
{
    private ReadOnlySequence<byte> _buffer;
    private ReadOnlySequenceSegment<byte>? _last;
    private int _lastEnd;
    private bool _isLone;

    /// <summary>Where in the stream index 0 of the segment is.</summary>
    private long _base;

    /// <summary>The array of the segment, if it has one: a span of it costs less than one of its memory.</summary>
    private byte[]? _array;
    private int _arrayOffset;
    private int _end;

    /// <summary>The segment in which the next frame begins.</summary>
    public ReadOnlySequenceSegment<byte>? Segment { get; private set; }

    /// <summary>Where in the segment the next frame begins. The reader moves it over each frame that it takes.</summary>
    public int Index { get; set; }

    /// <summary>Where in the stream the next frame begins.</summary>
    public readonly long Position => _base + Index;

    /// <summary>What is left of the segment.</summary>
    public readonly ReadOnlySpan<byte> Unread
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _array is { } array ? new ReadOnlySpan<byte>(array, _arrayOffset + Index, _end - Index) : UnreadElsewhere();
    }

    /// <summary>What is left of the buffer.</summary>
    public readonly ReadOnlySequence<byte> Rest => Segment is null ? default : new ReadOnlySequence<byte>(Segment, Index, _last!, _lastEnd);

    /// <summary>Where a pipe reader has to advance to.</summary>
    public readonly SequencePosition Consumed => Segment is null ? _buffer.Start : _isLone ? _buffer.GetPosition(Index) : new SequencePosition(Segment, Index);

    public readonly SequencePosition End => _buffer.End;

    public void Load(in ReadOnlySequence<byte> buffer)
    {
        long position = Position;
        _buffer = buffer;
        SequencePosition start = buffer.Start;
        _isLone = false;
        if (start.GetObject() is ReadOnlySequenceSegment<byte> first)
        {
            SequencePosition end = buffer.End;
            _last = (ReadOnlySequenceSegment<byte>)end.GetObject()!;
            _lastEnd = end.GetInteger();
            MoveTo(first, start.GetInteger(), position);
        }
        else if (!buffer.IsEmpty)
        {
            _isLone = true;
            _last = new LoneSegment(buffer.First);
            _lastEnd = buffer.First.Length;
            MoveTo(_last, index: 0, position);
        }
        else
        {
            // It is advanced to the default position. The framework's reader of a sequence gives an empty buffer that is not its own, and breaks on a position in it.
            Clear();
        }
    }

    /// <summary>Moves on by so many bytes, over any number of segments.</summary>
    public void Consume(long count)
    {
        long position = Position + count;
        SequencePosition next = Rest.GetPosition(count);
        MoveTo((ReadOnlySequenceSegment<byte>)next.GetObject()!, next.GetInteger(), position);
    }

    /// <summary>Forgets the buffer, not the position.</summary>
    public void Clear()
    {
        _base = Position;
        Index = 0;
        _end = 0;
        Segment = null;
        _last = null;
        _array = null;
        _buffer = default;
    }

    private void MoveTo(ReadOnlySequenceSegment<byte> segment, int index, long position)
    {
        while (!ReferenceEquals(segment, _last) && index == segment.Memory.Length)
        {
            segment = segment.Next!;
            index = 0;
        }

        Segment = segment;
        Index = index;
        _base = position - index;
        _end = ReferenceEquals(segment, _last) ? _lastEnd : segment.Memory.Length;
        if (MemoryMarshal.TryGetArray(segment.Memory, out ArraySegment<byte> array))
        {
            _array = array.Array;
            _arrayOffset = array.Offset;
        }
        else
        {
            _array = null;
        }
    }

    private readonly ReadOnlySpan<byte> UnreadElsewhere() => Segment is null ? default : Segment.Memory.Span.Slice(Index, _end - Index);
}
