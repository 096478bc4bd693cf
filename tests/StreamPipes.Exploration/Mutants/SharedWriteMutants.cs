namespace StreamPipes.Exploration.Mutants;

/// <summary>Of the turn that many callers of one writer share.</summary>
internal static class SharedWriteMutants
{
    private const string Turn = "Sending/SharedWrites.cs";
    private const string Caller = "Sending/SharedWrite.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("shared-take-unlocked", "the turn is looked at without the lock", "Shared", new Edit(Turn, "            if (_turn != Turn.Free) return false;\n            Move(Turn.Free, Turn.Writing);\n            return true;\n        }", "        }\n\n        if (_turn != Turn.Free) return false;\n        _turn = Turn.Writing;\n        return true;")),
        new("shared-hand-on-free", "a caller gives up the turn without a look at who waits", "Shared", new Edit(Turn, "            isQueued = _first is not null;", "            isQueued = false;")),
        new("shared-hand-on-early", "who waits is looked for before the lock is taken", "Shared", new Edit(Turn, "        bool isQueued;\n        lock (_sync)\n        {\n            isQueued = _first is not null;", "        bool isQueued = _first is not null;\n        lock (_sync)\n        {")),
        new("shared-hand-on-unqueued", "the turn is handed to the pool, which does not hear of it", "Shared", new Edit(Turn, "        if (isQueued) QueueToPool();\n", "")),
        new("shared-enqueue-late", "who begins to wait does not look whether the holder has left", "Shared", new Edit(Turn, "            serves = _turn == Turn.Free;", "            serves = false;")),
        new("shared-serve-once", "the holder serves one flush and leaves", "Shared", new Edit(Turn, "        EndGroup(result);\n        Serve();", "        EndGroup(result);\n        lock (_sync) Move(Turn.Writing, Turn.Free);")),
        new("shared-flushing-late", "the turn is left to the flush after its end has been asked for", "Shared", new Edit(Turn, "        lock (_sync) Move(Turn.Writing, Turn.Flushing);\n\n        // From here on another thread may have the turn.\n        flush.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onFlushed);", "        flush.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onFlushed);\n        lock (_sync) Move(Turn.Writing, Turn.Flushing);")),
        new("shared-group-forgotten", "the flush's callers are not told", "Shared", new Edit(Turn, "        EndGroup(result);\n        Serve();", "        TakeGroup();\n        Serve();")),
        new("shared-group-late", "the next of a group is looked at after the one before was ended", "Shared", new Edit(Turn, "            SharedWrite? next = write.Next;\n            write.EndWith(result);\n            write = next;", "            write.EndWith(result);\n            write = write.Next;")),
        new("shared-begun-late", "a message may be taken out after it has begun", "SharedWriteC", new Edit(Turn, "                next.At = SharedWrite.Step.Begun;\n                next.Previous = null;", "                next.Previous = null;")),
        new("shared-cancel-any", "a token takes out what is not waiting", "SharedWriteC", new Edit(Turn, "            if (write.At != SharedWrite.Step.Waiting) return false;\n", "            if (write.At == SharedWrite.Step.Fresh) return false;\n")),
        new("shared-cancel-unlinked", "a cancelled caller stays in the queue", "SharedWriteC", new Edit(Turn, "            Unlink(write);\n            write.At = SharedWrite.Step.Begun;\n            return true;", "            write.At = SharedWrite.Step.Begun;\n            return true;")),
        new("shared-cancel-no-look", "a token that fires before its caller waits is not looked at", "SharedWriteCanceledAlone", new Edit(Turn, "        if (cancellationToken.IsCancellationRequested) write.Cancel();\n", "")),
        new("shared-registration-kept", "the registration of a token outlives the call", "SharedWriteC", new Edit(Caller, "    public void Execute()\n    {\n        _registration.Dispose();\n", "    public void Execute()\n    {\n")),
        new("shared-canceled-kept", "the mark of a cancelled call is left for the next", "SharedWriteC", new Edit(Caller, "        _isCanceled = false;\n", "")),
        new("shared-end-silent", "those who wait are not told of the end", "SharedWriteFails", new Edit(Turn, "        EndAll(waiting, end);\n        return end;", "        return end;")),
        new("shared-end-forgotten", "who comes after the end waits", "SharedWriteF,SharedWriteCompletes", new Edit(Turn, "            if (end is null) Link(write);", "            Link(write);\n            end = null;")),
        new("shared-lease-kept", "a lease that is dropped keeps the turn", "SharedLeases", new Edit(Turn, "            if (_turn != Turn.Leased || _leases != number) return;\n            Move(Turn.Leased, Turn.Writing);\n        }", "            return;\n        }")),
        new("shared-completion-early", "the writer is completed without the turn", "SharedWriteCompletes", new Edit(Turn, "is { } waiting) await EndAfterAsync(waiting, end).ConfigureAwait(false);", "is { } waiting) _ = EndAfterAsync(waiting, end);")),
    ];
}
