namespace StreamPipes.Exploration.Mutants;

/// <summary>Of one end's wait for the other.</summary>
internal static class WaitMutants
{
    private const string Wait = "Scheduling/PendingOperation.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("wait-claim-fence", "TryClaim without its full fence", "Wait", new Edit(Wait, "        // Against the exchange in Begin.\n        Interlocked.MemoryBarrier();\n", "")),
        new("wait-begin-release", "a wait begins by a release, without a full fence", "Wait", new Edit(Wait, "Interlocked.Exchange(ref _state, (_number += NextNumber) | Waiting);", "Volatile.Write(ref _state, (_number += NextNumber) | Waiting);")),
        new("wait-no-second-look", "a wait begins without a look at what has come before", "Wait", new Edit(Wait, "if (!TryClaimSeen()) return true;", "if (_number > 0) return true;")),
        new("wait-take-twice", "a wait is claimed by a look and a write", "Wait", new Edit(Wait, "=> Interlocked.CompareExchange(ref _state, wait - Waiting + Claimed, wait) == wait;", "{ if (Volatile.Read(ref _state) != wait) return false; Volatile.Write(ref _state, wait - Waiting + Claimed); return true; }")),
        new("wait-reserve-twice", "a wait is reserved by a look and a write", "Wait,Connection", new Edit(Wait, "=> Interlocked.CompareExchange(ref _state, Claimed, Idle) == Idle;", "{ if (Volatile.Read(ref _state) != Idle) return false; Volatile.Write(ref _state, Claimed); return true; }")),
        new("wait-no-number", "one wait is not told from the next", "Wait", new Edit(Wait, "(_number += NextNumber) | Waiting", "NextNumber | Waiting")),
        new("wait-idle-late", "the wait is free only after it has run who waits", "Wait", new Edit(Wait, "        if ((ended & StateMask) == Ended) Interlocked.CompareExchange(ref _state, Idle, ended);\n", "")),
        new("wait-idle-early", "the wait is free before it has run who waits: a second one takes its source away", "Wait", new Edit(Wait, "        Volatile.Write(ref _state, ended);\n", "        Volatile.Write(ref _state, Idle);\n")),
        new("wait-idle-taken", "whoever takes the result of a wait frees the next one as well", "Wait,Connection", new Edit(Wait, "        if ((ended & StateMask) == Ended) Interlocked.CompareExchange(ref _state, Idle, ended);\n", "        if ((ended & StateMask) == Ended) Volatile.Write(ref _state, Idle);\n")),
        new("wait-dropped-kept", "a wait that nobody takes the result of is never free", "Wait", new Edit(Wait, "        if (MayBeDropped) Interlocked.CompareExchange(ref _state, Idle, ended);\n", "")),
        new("wait-registration-kept", "the registration of a token outlives the wait", "Wait", new Edit(Wait, "        _registration.Dispose();\n", "")),
        new("wait-token-late", "a cancelled wait is ended before it is marked", "Wait", new Edit(Wait, "        _isTokenCanceled = true;\n        Schedule();", "        Schedule();\n        _isTokenCanceled = true;"))
        {
            Equivalent = "in the token's callback, the end of the wait waits for the callback; where the waiting end calls it itself, it takes the result afterwards",
        },
        new("wait-token-no-look", "a token that has fired before the wait began is not looked at", "Wait", new Edit(Wait, "        if (cancellationToken.IsCancellationRequested) OnTokenCanceled();\n", "")),
        new("wait-token-mark-kept", "the mark of a cancelled wait is left for the next", "Wait", new Edit(Wait, "        _isTokenCanceled = false;\n", "")),
        new("wait-token-no-claim", "a token ends a wait that another has claimed", "Wait", new Edit(Wait, "if (!IsWaitingIn(wait) || !TryTake(wait)) return;", "if (!IsWaitingIn(wait)) return;")),
        new("wait-claim-no-look", "a wait is claimed that is not over", "Wait", new Edit(Wait, "return IsWaitingIn(wait) && IsOver && TryTake(wait);", "return IsWaitingIn(wait) && TryTake(wait);")),
        new("wait-claim-old-look", "what is over is looked at before the wait", "Wait", new Edit(Wait, "        int wait = Volatile.Read(ref _state);\n        return IsWaitingIn(wait) && IsOver && TryTake(wait);", "        bool isOver = IsOver;\n        int wait = Volatile.Read(ref _state);\n        return IsWaitingIn(wait) && isOver && TryTake(wait);")),
        new("wait-claim-any", "a wait is claimed in whatever state it is", "Wait", new Edit(Wait, "return IsWaitingIn(wait) && IsOver && TryTake(wait);", "return wait != Idle && IsOver && Interlocked.Exchange(ref _state, Claimed) != Idle;")),
        new("wait-idle-missing", "a wait that needs no waiting is not ended", "Wait", new Edit(Wait, "        LeaveToken();\n        Volatile.Write(ref _state, Idle);\n        return false;", "        LeaveToken();\n        return false;")),
        new("wait-state-plain", "the state is read plainly where a wait is claimed", "Wait", new Edit(Wait, "        int wait = Volatile.Read(ref _state);\n        return IsWaitingIn(wait)", "        int wait = _state;\n        return IsWaitingIn(wait)"))
        {
            Equivalent = "the fence before it keeps the read from being older, and the claim is a compare-exchange; what the wait is for is read too early at worst, and the claim then fails",
        },
        new("once-plain", "whether it has ended is read plainly", "Once", new Edit("Common/OnceSignal.cs", "ReferenceEquals(Volatile.Read(ref _source), Over);", "ReferenceEquals(_source, Over);")),
        new("once-task-written", "the task is put there by a write", "Once", new Edit("Common/OnceSignal.cs", "return (Interlocked.CompareExchange(ref _source, source, null) ?? source).Task;", "Volatile.Write(ref _source, source);\n            return source.Task;")),
        new("once-set-forgets", "who waits already is not told", "Once", new Edit("Common/OnceSignal.cs", "if (Interlocked.Exchange(ref _source, Over) is { } source) Background.TrySetResult(source);", "Volatile.Write(ref _source, Over);")),
        new("once-set-late", "who waits is looked for before it has ended", "Once", new Edit("Common/OnceSignal.cs", "if (Interlocked.Exchange(ref _source, Over) is { } source) Background.TrySetResult(source);", "TaskCompletionSource<bool>? source = Volatile.Read(ref _source);\n        Volatile.Write(ref _source, Over);\n        source?.TrySetResult(true);")),
    ];
}
