namespace StreamPipes.Exploration.Mutants;

/// <summary>Of the gate, the connection's state and the dedicated thread.</summary>
internal static class StateMutants
{
    private const string Gate = "Receiving/ReadGate.cs";
    private const string State = "State/ConnectionState.cs";
    private const string Dedicated = "Scheduling/DedicatedThread.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("gate-enter-held", "a read begins while the gate is held", "Gate", new Edit(Gate, "return _reading = !_held && !_stopped;", "return _reading = !_stopped;")),
        new("gate-enter-stopped", "a read begins after the stop", "Gate", new Edit(Gate, "return _reading = !_held && !_stopped;", "return _reading = !_held;")),
        new("gate-hold-at-once", "a hold does not wait for the read", "Gate", new Edit(Gate, "        if (cancels) Cancellation.Fire(cancellation);\n        return quiet;", "        if (cancels) Cancellation.Fire(cancellation);\n        return Task.CompletedTask;")),
        new("gate-exit-silent", "the read's end is not told to who holds", "Gate", new Edit(Gate, "            _quiet?.TrySetResult(true);\n", "")),
        new("gate-hold-no-cancel", "a hold does not cancel the read", "Gate", new Edit(Gate, "        if (cancels) Cancellation.Fire(cancellation);\n        return quiet;", "        return quiet;")),
        new("gate-release-keeps", "a release leaves the gate held", "Gate", new Edit(Gate, "            _held = false;\n", "")),
        new("gate-release-silent", "a release does not tell the pump", "Gate", new Edit(Gate, "        turn?.TrySetResult(true);", "        _ = turn;")),
        new("gate-stop-silent", "a stop does not tell the pump that waits", "Gate", new Edit(Gate, "        turn?.TrySetResult(false);\n        if (cancels)", "        _ = turn;\n        if (cancels)")),
        new("gate-stop-no-cancel", "a stop does not cancel the read", "Gate", new Edit(Gate, "        turn?.TrySetResult(false);\n        if (cancels) Cancellation.Fire(_cancellation);", "        turn?.TrySetResult(false);")),
        new("gate-token-kept", "after a release the pump reads with a token that has fired", "Gate", new Edit(Gate, "                _cancellation = new CancellationTokenSource();\n            }\n        }\n\n        turn", "            }\n        }\n\n        turn")),
        new("gate-turn-stopped", "the pump waits for its turn after the stop", "Gate", new Edit(Gate, "            if (_stopped) return Task.FromResult(false);\n", "")),
        new("gate-enter-unlocked", "a read begins without the lock", "Gate", new Edit(Gate, "        lock (_sync)\n        {\n            Debug.Assert(!_reading, \"One read at a time.\");", "        {\n            Debug.Assert(!_reading, \"One read at a time.\");")),
        new("gate-exit-unlocked", "a read ends without the lock", "Gate", new Edit(Gate, "        lock (_sync)\n        {\n            Debug.Assert(_reading, \"Only a read that was let in leaves.\");", "        {\n            Debug.Assert(_reading, \"Only a read that was let in leaves.\");")),
        new("gate-hand-over-early", "the pump is told of the detach in one step and stopped in another", "Gate", new Edit(Gate, "            _handsOver = handsOver = _reading && !_canceled;\n            _stopped = true;\n", "            _handsOver = handsOver = _reading && !_canceled;\n        }\n\n        lock (_sync)\n        {\n            _stopped = true;\n")),
        new("gate-hand-over-untold", "the pump is not told that its read is somebody else's", "Gate", new Edit(Gate, "_handsOver = handsOver = _reading && !_canceled;", "handsOver = _reading && !_canceled;")),
        new("gate-hand-over-none", "a read between two is handed over", "Gate", new Edit(Gate, "_handsOver = handsOver = _reading && !_canceled;", "_handsOver = handsOver = !_canceled;")),
        new("gate-stop-once", "a stop that cancels does nothing after one that does not", "Gate", new Edit(Gate, "if (_disposed || (_stopped && (_canceled || !cancels))) return;", "if (_disposed || _stopped) return;")),
        new("state-fault-last", "a later error takes the place of the first", "State", new Edit(State, "if (_fault is not null || _isFinished) return false;\n            Debug.Assert(reason", "if (_isFinished) return false;\n            Debug.Assert(reason")),
        new("state-fault-unlocked", "the first error is kept without the lock", "State", new Edit(State, "        lock (_sync)\n        {\n            if (_fault is not null || _isFinished) return false;", "        {\n            if (_fault is not null || _isFinished) return false;")),
        new("state-decide-again", "the close is decided again", "State", new Edit(State, "            if (_isClosing) return NextStep.None;\n", "")),
        new("state-decide-unlocked", "the close is decided without the lock", "State", new Edit(State, "        lock (_sync)\n        {\n            if (_isClosing) return NextStep.None;", "        {\n            if (_isClosing) return NextStep.None;")),
        new("state-escalate", "an abort after a write fault is ignored", "State", new Edit(State, "            _fault.Escalate();\n            return true;", "            return true;")),
        new("state-decide-send", "the close does not wait for the send pump", "ConnectionSends", new Edit(State, "_isClosing = hasReceived && _sendEnded;", "_isClosing = hasReceived;")),
        new("thread-schedule-silent", "what is scheduled does not wake the thread", "Dedicated", new Edit(Dedicated, "            _isStarted = true;\n            Monitor.Pulse(_sync);", "            _isStarted = true;")),
        new("thread-stop-silent", "a stop does not wake the thread", "Dedicated", new Edit(Dedicated, "            _isStopped = true;\n            Monitor.Pulse(_sync);", "            _isStopped = true;")),
        new("thread-started-twice", "the thread is started again", "Dedicated", new Edit(Dedicated, "            _isStarted = true;\n", "")),
        new("thread-late-lost", "what comes after the stop is lost", "Dedicated", new Edit(Dedicated, "                ThreadPool.Schedule(action, state);\n                return;", "                return;")),
        new("thread-stop-drops", "a stop drops what is scheduled", "Dedicated", new Edit(Dedicated, "item = _queue.Count > 0 ? _queue.Dequeue() : default;", "item = _queue.Count > 0 && !_isStopped ? _queue.Dequeue() : default;")),
        new("thread-late-queued", "what comes after the stop is queued for the thread that has ended", "Dedicated", new Edit(Dedicated, "if (_isStopped)\n            {\n                ThreadPool", "if (_isStopped && !_isStarted)\n            {\n                ThreadPool")),
    ];
}
