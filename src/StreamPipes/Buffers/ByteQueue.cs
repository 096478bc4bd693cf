using System.Buffers;
using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace StreamPipes.Buffers;

/// <summary>
/// The bytes between one writer and one reader, who may be on different threads and take no lock: a chain of segments, a position up to
/// which they are published and one up to which they are consumed. Positions count from the connection's first byte.
/// </summary>
/// <remarks>
/// <para>Always: consumed &lt;= published &lt;= written. The writer alone moves written and published, the reader alone consumed.</para>
/// <para>The last segment belongs to the side that exchanges it out of <see cref="_lent"/>: the writer while it writes, or a reader who has read
/// everything and gives the memory back, so that an idle connection holds none. The writer that finds nothing there starts a new chain in
/// <see cref="_first"/>, and the reader links it to the old one.</para>
/// <code>
///  the last segment:   writer (_writing) ---- Publish, OfferTail ----> _lent ---- ReleaseTail ----> reader: back to the pool, or sealed
///                              ^                                        |
///                              +------------- TryBegin, TailFor --------+
///  a chain of its own: writer (Grow, _lent was empty) --> _first --> reader (HeadAt, Following, ReleaseTail)
/// </code>
/// <para><see cref="Publish"/> is a release: what stands in the segments is visible to a thread that reads the position. It contains no full fence.
/// The thread that then wakes the other side does so by a method that contains one (PumpSignal.Signal, PendingOperation.TryClaim).</para>
/// <para>A close from another thread and a write under way are a Dekker-style handshake: the writer says that it is at work, executes a full fence
/// (<see cref="TryBegin"/>) and looks whether the queue is closed; <see cref="Close"/> says that it is closed, executes a full fence and looks
/// whether the writer is at work. The same the other way round when the writer has finished: the thread that published signals, which is the full fence, and
/// then looks at <see cref="IsClosed"/>. So at least one of the two ends the writing.</para>
/// </remarks>
internal sealed class ByteQueue
{
    private readonly MemoryPool<byte> _pool;
    private readonly int _segmentSize;
    private readonly bool _clears;

    // The writer's.
    private Segment? _writing;
    private volatile bool _isMemoryOut;
    private volatile bool _isAtWork;
    private volatile bool _isClosed;
    private long _written;

    // Shared.
    private Segment? _lent;
    private Segment? _first;
    private long _published;
    private long _consumed;
    private int _endsLeft = 2;

    // The reader's. Where the last look ended, so that the next does not walk from the head again: in the chain of the head, or null.
    private Segment? _head;
    private Segment? _lastSeen;

    public ByteQueue(MemoryPool<byte> pool, int segmentSize, bool clears)
    {
        _pool = pool;
        _segmentSize = segmentSize;
        _clears = clears;
    }

    /// <summary>The position after the last byte written, published or not.</summary>
    public long Written => _written;

    public long Published => Volatile.Read(ref _published);

    public long Consumed => Volatile.Read(ref _consumed);

    /// <summary>The writer's: memory for what comes next, at least that much, and at least one byte.</summary>
    public Memory<byte> GetMemory(int sizeHint)
    {
        _isMemoryOut = true;
        return TailFor(sizeHint).Free;
    }

    /// <summary>
    /// The writer's: the same, where another thread may end the writing meanwhile. The memory is not given back below the writer: the thread that ends the writing
    /// sees that it is out, or else the writer sees that the queue is closed.
    /// </summary>
    /// <returns>Whether the queue is still open. If it is not, no memory has been taken.</returns>
    public bool TryGetMemory(int sizeHint, out Memory<byte> memory)
    {
        _isMemoryOut = true;

        // A full fence, against the one in Close.
        Interlocked.MemoryBarrier();
        if (_isClosed)
        {
            _isMemoryOut = false;
            memory = default;
            return false;
        }

        memory = TailFor(sizeHint).Free;
        return true;
    }

    /// <summary>The writer's: that much of the memory has been filled.</summary>
    public void Advance(int count)
    {
        Segment? tail = _writing;
        if ((uint)count > (uint)(tail?.FreeLength ?? 0)) throw new ArgumentOutOfRangeException(nameof(count), count, "More than GetMemory gave, or less than nothing, cannot have been written.");
        if (count > 0)
        {
            tail!.Advance(count);
            _written += count;
        }

        // Last, a release: the thread that ends the writing and sees that no memory is out sees what was written.
        _isMemoryOut = false;
    }

    /// <summary>
    /// The writer's: begins what ends with <see cref="Publish"/>, and is not torn by a thread that closes the queue meanwhile on another thread.
    /// </summary>
    /// <returns>Whether the queue is still open. If it is not, nothing has been touched.</returns>
    public bool TryBegin()
    {
        _isAtWork = true;

        // Either way a full fence: the thread that closes sees that the writer is at work, or else the writer sees that it is closed.
        Segment? lent = null;
        if (_writing is null) lent = Interlocked.Exchange(ref _lent, null);
        else Interlocked.MemoryBarrier();
        if (!_isClosed)
        {
            _writing ??= lent;
            return true;
        }

        if (lent is not null) Volatile.Write(ref _lent, lent);
        _isAtWork = false;
        return false;
    }

    /// <summary>Anybody's: from here on the writer begins nothing.</summary>
    /// <returns>Whether the writer is not in the middle of something; if it is, it sees <see cref="IsClosed"/> after its <see cref="Publish"/>.</returns>
    public bool Close()
    {
        _isClosed = true;
        Interlocked.MemoryBarrier();
        return !_isAtWork;
    }

    public bool IsClosed => _isClosed;

    /// <summary>The reader's: how many links it has followed in all. It grows with the segments, not with the looks at them.</summary>
    public long LinksFollowed { get; private set; }

    /// <summary>The writer's: ends what was begun without <see cref="Publish"/>.</summary>
    /// <returns>Whether the queue is still open.</returns>
    public bool TryEnd()
    {
        _isAtWork = false;
        Interlocked.MemoryBarrier();
        return !_isClosed;
    }

    /// <summary>The writer's, begun: copies bytes in, if they fit where it is writing.</summary>
    public bool TryWriteToTail(ReadOnlySpan<byte> source)
    {
        if (_writing is not { } tail || tail.FreeLength < source.Length) return false;
        source.CopyTo(tail.Free.Span);
        tail.Advance(source.Length);
        _written += source.Length;
        return true;
    }

    /// <summary>The writer's, begun: copies bytes in.</summary>
    public void Write(ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            Segment tail = TailFor(sizeHint: 0);
            Span<byte> free = tail.Free.Span;
            int count = Math.Min(free.Length, source.Length);
            source.Slice(0, count).CopyTo(free);
            tail.Advance(count);
            _written += count;
            source = source.Slice(count);
        }
    }

    /// <summary>The writer's: the reader may have everything written so far. A wake-up that contains a full fence follows.</summary>
    public void Publish()
    {
        Debug.Assert(_published <= _written, "What was published stays so.");
        OfferTail();
        _isAtWork = false;
        Volatile.Write(ref _published, _written);
    }

    /// <summary>The writer's: it does not write for now, and the reader may give the memory back.</summary>
    public void OfferTail()
    {
        Segment? tail = _writing;
        if (tail is null) return;
        _writing = null;
        Volatile.Write(ref _lent, tail);
    }

    /// <summary>
    /// Once, by the thread that ends the writing: publishes for the last time. Memory that is out stays with the writer, who was not waited for and may
    /// still fill it: it is not offered.
    /// </summary>
    /// <returns>Whether memory is out. Then the writer's <see cref="Detach"/> comes when it is given back, or never.</returns>
    public bool PublishLast()
    {
        bool isMemoryOut = _isMemoryOut;
        if (!isMemoryOut) OfferTail();
        _isAtWork = false;
        Volatile.Write(ref _published, _written);
        return isMemoryOut;
    }

    /// <summary>The reader's: what is published and not consumed.</summary>
    /// <param name="published">The position after the last byte of it.</param>
    public ReadOnlySequence<byte> Peek(out long published)
    {
        published = Published;
        if (published == _consumed) return default;
        Debug.Assert(published > _consumed, "Nothing is consumed that was not published.");
        Segment first = HeadAt(_consumed);
        Segment last = _lastSeen ?? first;
        while (published > last.Limit) last = Following(last);
        _lastSeen = last;
        Debug.Assert(published > last.Start && published <= last.Limit, "The last byte that was published lies in the last segment.");
        return new ReadOnlySequence<byte>(first, (int)(_consumed - first.Start), last, (int)(published - last.Start));
    }

    /// <summary>The reader's: where a position in what <see cref="Peek"/> has given lies.</summary>
    /// <returns>
    /// False for a position in none of the queue's segments: another queue's, an array's, or one of earlier bytes, whose segment has gone back and may be another
    /// queue's by now.
    /// </returns>
    public bool TryLocate(SequencePosition position, out long located)
    {
        located = 0;
        if (position.GetObject() is not Segment segment || segment.Queue != this) return false;
        located = segment.Start + (position.GetInteger() & int.MaxValue);
        return located <= segment.Limit;
    }

    /// <summary>The reader's: everything before that position is of no use any more.</summary>
    public void Consume(long position)
    {
        Debug.Assert(position >= _consumed && position <= Published, "Only what was published is consumed, once.");
        if (position != _consumed)
        {
            Segment first = HeadAt(_consumed);
            Segment head = first;
            while (position > head.Limit) head = Following(head);

            // One that was read to its very end goes back now, not when the next byte comes.
            while (position == head.Limit && head.NextSegment is { } next) head = next;
            _head = head;
            Exception? error = TryReturn(first, head);
            Volatile.Write(ref _consumed, position);
            ThrowIfAny(error);
        }

        if (position == Published) ReleaseTail();
    }

    /// <summary>The reader's: gives the last segment back, if everything in it has been read and no thread is writing to it.</summary>
    public void ReleaseIfDrained()
    {
        if (_consumed == Published) ReleaseTail();
    }

    /// <summary>
    /// Called once by each end, when it has stopped and uses none of the memory any more. The second call gives all memory back. An end that holds some and
    /// does not come back never calls: the memory is then left to the garbage collector, since a pool would give it a second owner. It throws nothing,
    /// whatever the pool does: the connection has to end all the same.
    /// </summary>
    public void Detach()
    {
        if (Interlocked.Decrement(ref _endsLeft) > 0) return;
        TryReturn(_head, end: null);
        TryReturn(_first, end: null);
        _head = null;
        _lastSeen = null;
        _first = null;
        _writing = null;
        _lent = null;
    }

    /// <summary>The first segment with something to read. Only if something beyond the position has been published.</summary>
    private Segment HeadAt(long position)
    {
        Segment first = _head ?? Interlocked.Exchange(ref _first, null)!;
        Segment head = first;
        while (position == head.Limit) head = Following(head);
        _head = head;
        ThrowIfAny(TryReturn(first, head));
        return head;
    }

    /// <summary>The next segment, of which it is known that it has been published.</summary>
    private Segment Following(Segment segment)
    {
        LinksFollowed++;
        if (segment.NextSegment is { } linked) return linked;
        Segment next = Interlocked.Exchange(ref _first, null)!;
        segment.Link(next);
        return next;
    }

    /// <summary>Takes the last segment out, if no thread is writing to it, and gives it back if everything in it has been read.</summary>
    private void ReleaseTail()
    {
        // As long as the last segment is there, or with the writer, no further chain begins. So one that has begun is taken in before: the
        // writer that does not find the last segment puts the next one in the same place.
        if (Volatile.Read(ref _lent) is null) return;
        if (Interlocked.Exchange(ref _first, null) is { } begun) Append(begun);
        if (Interlocked.Exchange(ref _lent, null) is not { } tail) return;

        // What the writer has put there meanwhile is read first, and the next chain linked to it.
        tail.Seal();
        if (tail.Start + tail.Filled != _consumed) return;
        Segment? head = _head;
        _head = null;
        ThrowIfAny(TryReturn(head, end: null));
    }

    private void Append(Segment chain)
    {
        Segment? last = _lastSeen ?? _head;
        while (last?.NextSegment is { } next) last = next;
        if (last is null) _head = chain;
        else last.Link(chain);
    }

    /// <summary>Gives the segments before that one back, all of them, also if the pool throws. They have been taken out of the queue before.</summary>
    /// <returns>The first of what the pool has thrown.</returns>
    private Exception? TryReturn(Segment? segment, Segment? end)
    {
        Exception? error = null;
        while (segment is not null && segment != end)
        {
            Segment? next = segment.NextSegment;
            if (segment == _lastSeen) _lastSeen = null;
            try
            {
                segment.Release(_clears);
            }
            catch (Exception e)
            {
                error ??= e;
            }

            segment = next;
        }

        return error;
    }

    private static void ThrowIfAny(Exception? error)
    {
        if (error is not null) ExceptionDispatchInfo.Capture(error).Throw();
    }

    private Segment TailFor(int sizeHint)
    {
        Segment? tail = _writing ??= Interlocked.Exchange(ref _lent, null);
        return tail is null || tail.FreeLength == 0 || tail.FreeLength < sizeHint ? Grow(tail, sizeHint) : tail;
    }

    private Segment Grow(Segment? tail, int sizeHint)
    {
        Segment segment = Rent(sizeHint);
        segment.Open(this, _written);
        if (tail is null)
        {
            Volatile.Write(ref _first, segment);
        }
        else
        {
            // Sealed before it is linked: from then on the reader may give it back, even while it is read to its very end.
            tail.Seal();
            tail.Link(segment);
        }

        return _writing = segment;
    }

    private Segment Rent(int sizeHint)
    {
        if (ReferenceEquals(_pool, BlockPool.Shared) && sizeHint <= BlockPool.BlockSize) return BlockPool.Shared.RentBlock();
        int most = _pool.MaxBufferSize;
        IMemoryOwner<byte> owner = sizeHint > most ? new PooledArray(sizeHint) : _pool.Rent(Math.Min(Math.Max(sizeHint, _segmentSize), most));
        return SegmentPool.Rent(owner);
    }
}
