namespace StreamPipes.Exploration.Mutants;

/// <summary>Of the pumps, the two ends, and faults that there have been.</summary>
internal static class PumpMutants
{
    private const string Send = "Sending/SendPump.cs";
    private const string Receive = "Receiving/ReceivePump.cs";
    private const string Reader = "Receiving/ConnectionReader.cs";
    private const string Writer = "Sending/ConnectionWriter.cs";
    private const string Lifetime = "Connection/ConnectionLifetime.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("send-stop-silent", "a stop does not signal the send pump", "ConnectionAborts", new Edit(Send, "Cancellation.Fire(_stopWriting);\n        Signal.Signal();", "Cancellation.Fire(_stopWriting);")),
        new("send-completed-silent", "the writer's end does not signal the send pump", "ConnectionSends,ConnectionBack", new Edit(Send, "        _isWriterCompleted = true;\n        Signal.Signal();", "        _isWriterCompleted = true;")),
        new("send-end-silent", "the send pump's end does not wake a flush", "ConnectionAborts,ConnectionBack", new Edit(Send, "        _transport.ReleaseWriteMemory();\n        PendingFlush.Wake();", "        _transport.ReleaseWriteMemory();"))
        {
            Equivalent = "whatever ends the pump early is an error of the connection, whose evaluation wakes the flush as well",
        },
        new("send-progress-silent", "the send pump's progress does not wake a flush", "ConnectionBack", new Edit(Send, "                        Queue.Consume(target);\n                        PendingFlush.Wake();", "                        Queue.Consume(target);"), new Edit(Send, "                Volatile.Write(ref _flushesDone, requests);\n                PendingFlush.Wake();", "                Volatile.Write(ref _flushesDone, requests);")),
        new("send-completed-late", "whether the writer has ended is looked at after the bytes", "ConnectionSends",
            new Edit(Send, "                    bool isCompleted = _isWriterCompleted;\n                    ReadOnlySequence", "                    ReadOnlySequence"),
            new Edit(Send, "                    isLast = isCompleted && target == end;", "                    bool isCompleted = _isWriterCompleted;\n                    isLast = isCompleted && target == end;")),
        new("send-left-late", "the send pump wakes a flush before it says that it has left", "ConnectionAborts,ConnectionBack",
            new Edit(Send, "        _hasLeftStream = true;\n        Queue.Detach();\n        _transport.ReleaseWriteMemory();\n        PendingFlush.Wake();", "        Queue.Detach();\n        _transport.ReleaseWriteMemory();\n        PendingFlush.Wake();\n        _hasLeftStream = true;"))
        {
            Equivalent = "whatever ends the pump early is an error of the connection, whose evaluation wakes the flush as well",
        },
        new("receive-left-late", "the receive pump wakes the reader before it says that it has left", "ConnectionRec,ConnectionReader",
            new Edit(Receive, "        _hasLeftStream = true;\n        Queue.OfferTail();\n        _reader.Wake();", "        Queue.OfferTail();\n        _reader.Wake();\n        _hasLeftStream = true;")),
        new("receive-end-silent", "the end of the stream does not wake the reader", "ConnectionRec,ConnectionReader", new Edit(Receive, "        Queue.OfferTail();\n        _reader.Wake();", "        Queue.OfferTail();")),
        new("receive-blocking-late", "a message waits below a read that blocks (A6)", "ConnectionBlocking,ConnectionRec", new Edit(Receive, "else if (!_transport.NeverBlocks) WakeReaderOnPool();", "else if (!_transport.NeverBlocks) hasNews = true;")),
        new("receive-seam", "the end waits for the frame in which the loop began (A1)", "ConnectionReaderBlocks",
            new Edit(Receive, "void PumpSignal.IPump.Run() => EmptyExecutionContext.Run(static pump => _ = ((ReceivePump)pump!).RunAsync(), this);", "private readonly TaskCompletionSource<bool> _frame = new();\n\n    void PumpSignal.IPump.Run() => EmptyExecutionContext.Run(static pump => { _ = ((ReceivePump)pump!).RunAsync(); ((ReceivePump)pump!)._frame.TrySetResult(true); }, this);"),
            new Edit(Receive, "        ReachedEndOfStream = reachedEnd;\n", "        await _frame.Task.ConfigureAwait(false);\n        ReachedEndOfStream = reachedEnd;\n")),
        new("receive-here-before-read", "the reader is run before the next read is issued, outside of a dialogue", "ConnectionBlocking,ConnectionReader", new Edit(Receive, "else if (!_transport.NeverBlocks) WakeReaderOnPool();", "else if (!_transport.NeverBlocks) WakeReaderHere();")),
        new("receive-claim-lost", "news are forgotten when the next read is issued", "ConnectionReader,ConnectionAborts,ConnectionDialogueBlocks", new Edit(Receive, "                    bool wakesReader = hasNews;\n                    hasNews = false;", "                    bool wakesReader = false;\n                    hasNews = false;")),
        new("receive-stop-silent", "a stop does not signal the receive pump", "ConnectionAborts", new Edit(Receive, "        Gate.Stop(cancels);\n        _signal.Signal();", "        Gate.Stop(cancels);")),
        new("reader-wait-silent", "a reader that waits does not tell the pump", "ConnectionHeld,ConnectionExamines", new Edit(Reader, "            if (waits) Pump.OnExamined();\n", "")),
        new("reader-advance-silent", "a reader that has made room does not tell the pump", "ConnectionMakes", new Edit(Reader, "        Volatile.Write(ref _examined, examinedTo);\n        Pump.OnExamined();", "        Volatile.Write(ref _examined, examinedTo);")),
        new("reader-over-late", "whether the pump has left is looked at after the bytes", "ConnectionReceivesAll",
            new Edit(Reader, "            bool isOver = Pump.HasLeftStream;\n            ReadOnlySequence<byte> buffer = _queue.Peek(out long end);", "            ReadOnlySequence<byte> buffer = _queue.Peek(out long end);\n            bool isOver = Pump.HasLeftStream;")),
        new("reader-cancel-kept", "a cancellation is left for the next read", "ConnectionCancels", new Edit(Reader, "bool isCanceled = Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0;", "bool isCanceled = Volatile.Read(ref _canceled) != 0;")),
        new("reader-cancel-silent", "a cancellation does not wake the reader", "ConnectionCancels", new Edit(Reader, "        Interlocked.Exchange(ref _canceled, 1);\n        Pending.Wake();", "        Interlocked.Exchange(ref _canceled, 1);")),
        new("reader-twice", "two reads at a time are both let in (A8)", "ConnectionReadTwice", new Edit(Reader, "            if (Pending.IsPending) throw AlreadyPending();\n            if (_state == ReadState.Held) throw NotGivenBack();\n", "")),
        new("writer-closed-early", "whether the queue is closed is looked at before the signal", "WriterCompletes",
            new Edit(Writer, "        _pump.OnPublished(runHere: isMyTurn || (!keepsThread && written - _queue.Consumed >= _wholeWrite));\n        if (_queue.IsClosed) EndWriting();", "        if (_queue.IsClosed) EndWriting();\n        _pump.OnPublished(runHere: isMyTurn || (!keepsThread && written - _queue.Consumed >= _wholeWrite));")),
        new("writer-end-twice", "the writing is ended by a look and a write", "WriterCompletes", new Edit(Writer, "if (Interlocked.Exchange(ref _hasEndedWriting, 1) != 0) return;", "if (Volatile.Read(ref _hasEndedWriting) != 0) return;\n        Volatile.Write(ref _hasEndedWriting, 1);")),
        new("writer-publish-silent", "a flush does not signal the send pump", "ConnectionSends,ConnectionBack", new Edit(Writer, "        _pump.OnPublished(runHere: isMyTurn || (!keepsThread && written - _queue.Consumed >= _wholeWrite));\n", "")),
        new("lifetime-fault-no-wake", "an error does not wake a flush", "ConnectionAborts", new Edit(Lifetime, "            _writer?.Wake();\n", ""))
        {
            Equivalent = "the send pump's end, which follows, wakes the flush as well; later, but not after a time limit, unless the stream is stuck",
        },
        new("lifetime-abort-no-wake", "an abort does not wake the reader", "ConnectionAbortsRead", new Edit(Lifetime, "            if (fault.IsImmediate) _reader?.Wake();\n", ""))
        {
            Equivalent = "the receive pump's end, which follows, wakes the reader as well; later, but not after a time limit, unless the stream is stuck",
        },
    ];
}
