namespace StreamPipes.Exploration.Mutants;

/// <summary>Of the queue between one writer and one reader, and its segments.</summary>
internal static class QueueMutants
{
    private const string Queue = "Buffers/ByteQueue.cs";
    private const string Segment = "Buffers/Segment.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("queue-publish-plain", "the position is published by a plain write", "Queue", new Edit(Queue, "        OfferTail();\n        _isAtWork = false;\n        Volatile.Write(ref _published, _written);\n    }\n\n    /// <summary>The writer's: it does not write", "        OfferTail();\n        _isAtWork = false;\n        _published = _written;\n    }\n\n    /// <summary>The writer's: it does not write")),
        new("queue-published-plain", "the position is read by a plain read", "Queue", new Edit(Queue, "Published => Volatile.Read(ref _published);", "Published => _published;")),
        new("queue-publish-before-offer", "the position is published before the tail is offered", "Queue",
            new Edit(Queue, "        OfferTail();\n        _isAtWork = false;\n        Volatile.Write(ref _published, _written);", "        Volatile.Write(ref _published, _written);\n        _isAtWork = false;\n        OfferTail();"))
        {
            Equivalent = "a reader in between finds no tail to give back, and keeps one block for a while",
        },
        new("queue-tail-plain", "the tail is offered by a plain write", "Queue", new Edit(Queue, "        _writing = null;\n        Volatile.Write(ref _lent, tail);", "        _writing = null;\n        _lent = tail;"))
        {
            Equivalent = "a reference is published with what its object holds, and the reader takes the tail by an exchange",
        },
        new("queue-begin-fence", "TryBegin without a full fence", "Queue", new Edit(Queue, "else Interlocked.MemoryBarrier();", "")),
        new("queue-begin-take", "the writer takes the tail by a read and a write", "Queue", new Edit(Queue, "if (_writing is null) lent = Interlocked.Exchange(ref _lent, null);", "if (_writing is null) { lent = Volatile.Read(ref _lent); Volatile.Write(ref _lent, null); Interlocked.MemoryBarrier(); }")),
        new("queue-begin-keeps", "a writer that is refused keeps the tail", "Queue", new Edit(Queue, "        if (lent is not null) Volatile.Write(ref _lent, lent);\n", ""))
        {
            Equivalent = "the reader, which reaches the segment by its links, gives it back at its end instead of at once",
        },
        new("queue-begin-no-look", "TryBegin does not look whether the queue is closed", "Queue", new Edit(Queue, "        if (!_isClosed)\n        {\n            _writing ??= lent;", "        {\n            _writing ??= lent;")),
        new("queue-begin-not-at-work", "TryBegin does not say that the writer is at work", "Queue", new Edit(Queue, "    {\n        _isAtWork = true;\n", "    {\n")),
        new("queue-close-fence", "Close without a full fence", "Queue", new Edit(Queue, "        _isClosed = true;\n        Interlocked.MemoryBarrier();", "        _isClosed = true;")),
        new("queue-close-swapped", "Close looks before it says so", "Queue", new Edit(Queue, "        _isClosed = true;\n        Interlocked.MemoryBarrier();\n        return !_isAtWork;", "        bool isIdle = !_isAtWork;\n        _isClosed = true;\n        Interlocked.MemoryBarrier();\n        return isIdle;")),
        new("queue-release-order", "the tail is taken without the chain that has begun", "Queue", new Edit(Queue, "        if (Interlocked.Exchange(ref _first, null) is { } begun) Append(begun);\n", "")),
        new("queue-release-take", "the reader takes the tail by a read and a write", "Queue", new Edit(Queue, "        if (Interlocked.Exchange(ref _lent, null) is not { } tail) return;", "        if (Volatile.Read(ref _lent) is not { } tail) return;\n        Volatile.Write(ref _lent, null);")),
        new("queue-release-no-look", "the tail is given back without a look at what has come meanwhile", "Queue", new Edit(Queue, "        if (tail.Start + tail.Filled != _consumed) return;\n", "")),
        new("queue-release-no-seal", "the tail is taken and not sealed", "Queue", new Edit(Queue, "        tail.Seal();\n        if (tail.Start", "        if (tail.Start")),
        new("queue-link-before-seal", "a segment is linked before it is sealed", "Queue", new Edit(Queue, "            tail.Seal();\n            tail.Link(segment);", "            tail.Link(segment);\n            tail.Seal();")),
        new("queue-grow-no-seal", "a segment is linked and not sealed", "Queue", new Edit(Queue, "            tail.Seal();\n            tail.Link(segment);", "            tail.Link(segment);")),
        new("queue-first-plain", "a chain is begun by a plain write", "Queue", new Edit(Queue, "Volatile.Write(ref _first, segment);", "_first = segment;"))
        {
            Equivalent = "a reference is published with what its object holds, and the reader takes the chain by an exchange, after the position",
        },
        new("queue-following-leaves", "the next chain is taken and left where it was", "Queue", new Edit(Queue, "        Segment next = Interlocked.Exchange(ref _first, null)!;", "        Segment next = Volatile.Read(ref _first)!;")),
        new("queue-head-leaves", "the first chain is taken and left where it was", "Queue", new Edit(Queue, "_head ?? Interlocked.Exchange(ref _first, null)!;", "_head ?? Volatile.Read(ref _first)!;")),
        new("queue-tail-taken-twice", "the writer takes the tail in the middle of a message and leaves it", "Queue", new Edit(Queue, "_writing ??= Interlocked.Exchange(ref _lent, null);", "_writing ??= Volatile.Read(ref _lent);")),
        new("queue-detach-plain", "the ends count down by a read and a write", "Queue", new Edit(Queue, "if (Interlocked.Decrement(ref _endsLeft) > 0) return;", "if (--_endsLeft > 0) return;")),
        new("queue-detach-first", "the last end forgets the chain that nobody has read", "Queue", new Edit(Queue, "        TryReturn(_first, end: null);\n", "")),
        new("queue-last-seen", "the last look is remembered beyond its segment", "Queue", new Edit(Queue, "            if (segment == _lastSeen) _lastSeen = null;\n", "")),
        new("queue-consume-early", "the segments go back before the next one is known", "Queue", new Edit(Queue, "            Segment? next = segment.NextSegment;\n            if (segment == _lastSeen)", "            Segment? next = null;\n            if (segment == _lastSeen)")),
        new("segment-next-kept", "a segment goes back linked", "Queue", new Edit(Segment, "        Next = null;\n        Memory = default;", "        Memory = default;")),
        new("queue-memory-fence", "memory is taken without a full fence", "QueueClosingMemory", new Edit(Queue, "        // A full fence, against the one in Close.\n        Interlocked.MemoryBarrier();\n", "")),
        new("queue-memory-no-look", "memory is taken without a look whether the queue is closed", "QueueClosingMemory", new Edit(Queue, "        if (_isClosed)\n        {\n            _isMemoryOut = false;", "        if (_isClosed && _pool is null)\n        {\n            _isMemoryOut = false;")),
        new("queue-memory-back-early", "memory counts as given back before the bytes in it count", "QueueClosingMemory", new Edit(Queue, "        if (count > 0)\n        {\n            tail!.Advance(count);", "        _isMemoryOut = false;\n        if (count > 0)\n        {\n            tail!.Advance(count);")),
        new("queue-memory-offered", "whoever ends the writing offers memory that is out", "QueueClosingMemory", new Edit(Queue, "        if (!isMemoryOut) OfferTail();", "        OfferTail();")),
        new("queue-tail-left-at-publish", "the writer keeps the tail that it has offered", "Queue", new Edit(Queue, "        _writing = null;\n        Volatile.Write(ref _lent, tail);", "        Volatile.Write(ref _lent, tail);")),
    ];
}
