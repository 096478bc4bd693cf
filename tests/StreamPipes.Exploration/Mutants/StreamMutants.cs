namespace StreamPipes.Exploration.Mutants;

/// <summary>Of the stream over a pipe.</summary>
internal static class StreamMutants
{
    private const string Turn = "PipeStreams/WriterTurn.cs";
    private const string Reading = "PipeStreams/ReaderTurn.cs";
    private const string Relay = "Common/ResultRelay.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("turn-enter-twice", "the turn is taken by a look and a write", "Stream", new Edit(Turn, "            int seen = Interlocked.CompareExchange(ref _state, state | Taken | (int)use, state);", "            int seen = Volatile.Read(ref _state);\n            if (seen == state) Volatile.Write(ref _state, state | Taken | (int)use);")),
        new("turn-pending-forgotten", "pending bytes are left without a flush (A3)", "Stream", new Edit(Turn, "            else if (isPending && (state & Queued) == 0) _queue.QueueFlush();\n", "")),
        new("turn-queued-early", "the queued flush looks whether the turn is free before it clears its bit, in two steps (A3)", "StreamCoalesces",
            new Edit(Turn, "            bool enters = (state & (Taken | Closed | Pending)) == Pending;\n            int next = state & ~Queued;\n            if (enters) next |= Taken | (int)use;\n            if (Interlocked.CompareExchange(ref _state, next, state) == state) return enters;", "            bool enters = (state & (Taken | Closed | Pending)) == Pending && TryEnter(use);\n            Interlocked.And(ref _state, ~Queued);\n            return enters;")),
        new("turn-exit-keeps-queued", "Exit queues a flush although one is queued", "Stream", new Edit(Turn, "else if (isPending && (state & Queued) == 0)", "else if (isPending)")),
        new("turn-waiter-lost", "Exit does not hand the turn over", "Stream", new Edit(Turn, "            if (handsOver) _handedOver.Release();\n            else if", "            if (handsOver) { }\n            else if")),
        new("turn-hand-over-free", "the turn is free while it is handed over", "Stream", new Edit(Turn, "if (handsOver) next += Taken - Waiter;", "if (handsOver) next -= Waiter;")),
        new("turn-closed-begins", "a waiter begins after the dispose", "Stream", new Edit(Turn, "            if ((state & Closed) != 0)\n            {\n                Exit();\n                return false;\n            }\n", "")),
        new("turn-close-twice", "the dispose closes by a look and a write", "Stream", new Edit(Turn, "if (Interlocked.CompareExchange(ref _state, state | Closed | Taken, state) == state) return (state & Taken) == 0;", "Volatile.Write(ref _state, state | Closed | Taken);\n            return (state & Taken) == 0;")),
        new("turn-cancelled-keeps", "a cancelled waiter keeps the turn that it was handed", "Stream", new Edit(Turn, "                await _handedOver.WaitAsync(CancellationToken.None).ConfigureAwait(false);\n                Exit();", "                await _handedOver.WaitAsync(CancellationToken.None).ConfigureAwait(false);")),
        new("turn-cancelled-counted", "a cancelled waiter is still counted", "Stream", new Edit(Turn, "            if (!TryStopWaiting())\n", "            if (Volatile.Read(ref _state) < Waiter)\n")),
        new("turn-stop-unlooked", "a cancelled waiter does not look whether it was handed the turn", "Stream", new Edit(Turn, "            if (state < Waiter) return false;\n", "")),
        new("reading-enter-twice", "a read begins by a look and a write (A8)", "StreamRead", new Edit(Reading, "public bool TryEnter() => Interlocked.CompareExchange(ref _state, (int)ReaderUse.Waiting, (int)ReaderUse.None) == (int)ReaderUse.None;", "public bool TryEnter() { if (Volatile.Read(ref _state) != (int)ReaderUse.None) return false; Volatile.Write(ref _state, (int)ReaderUse.Waiting); return true; }")),
        new("reading-hold-closed", "bytes are taken after the dispose", "StreamRead", new Edit(Reading, "return Interlocked.CompareExchange(ref _state, (int)use, (int)ReaderUse.Waiting) == (int)ReaderUse.Waiting;", "Interlocked.Exchange(ref _state, (int)use);\n        return true;")),
        new("reading-exit-forgets", "the end of a read forgets that the dispose has closed", "StreamRead", new Edit(Reading, "if (Interlocked.CompareExchange(ref _state, state & Closed, state) == state) return (state & Closed) != 0;", "Volatile.Write(ref _state, state & Closed);\n            return (state & Closed) != 0;")),
        new("relay-free-early", "the relay is free before its result has been taken", "StreamRead", new Edit(Relay, "        Volatile.Write(ref _state, Unobserved);\n", "        Volatile.Write(ref _state, Free);\n")),
        new("relay-end-late", "the operation ends after its caller has been resumed", "StreamReadsOn", new Edit(Relay, "        EndOperation();\n        if (error is null) _core.SetResult(result);\n        else _core.SetException(error);", "        if (error is null) _core.SetResult(result);\n        else _core.SetException(error);\n        EndOperation();")),
        new("relay-busy-used", "the relay is used while a result has not been taken", "StreamRead", new Edit(Relay, "inner.IsCompleted || Volatile.Read(ref _state) == Free;", "inner.IsCompleted || Volatile.Read(ref _state) != Pending;")),
    ];
}
