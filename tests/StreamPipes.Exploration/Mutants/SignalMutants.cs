namespace StreamPipes.Exploration.Mutants;

/// <summary>Of a pump's wait for something to do.</summary>
internal static class SignalMutants
{
    private const string Signal = "Scheduling/PumpSignal.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("signal-fence", "Signal without its full fence (A2)", "Signal", new Edit(Signal, "        // Against the exchange by which the pump goes to wait, or is parked.\n        Interlocked.MemoryBarrier();\n", "")),
        new("signal-wait-release", "the pump goes to wait by a release, without a full fence", "Signal", new Edit(Signal, "int from = Interlocked.Exchange(ref _state, to);", "int from = _state;\n        Volatile.Write(ref _state, to);")),
        new("signal-no-second-look", "the pump goes to wait without a look", "Signal", new Edit(Signal, "        if (_pump.HasWork && TryMove(Waiting, Running)) continuation();\n", "")),
        new("signal-look-runs", "the look that follows runs the pump without taking it", "Signal", new Edit(Signal, "        if (_pump.HasWork && TryMove(Waiting, Running)) continuation();\n", "        if (_pump.HasWork) { Volatile.Write(ref _state, Running); continuation(); }\n")),
        new("signal-move-twice", "the pump is taken by a look and a write", "Signal,Parked", new Edit(Signal, "return Volatile.Read(ref _state) == from && Interlocked.CompareExchange(ref _state, to, from) == from;", "if (Volatile.Read(ref _state) != from) return false;\n        Volatile.Write(ref _state, to);\n        return true;")),
        new("signal-pool-late", "the pool runs the pump before it says that it has come", "Signal", new Edit(Signal, "        Interlocked.Exchange(ref _isInPool, 0);\n        RunIfQueued();", "        RunIfQueued();\n        Interlocked.Exchange(ref _isInPool, 0);")),
        new("signal-pool-release", "the pool says that it has come by a release, without a full fence", "Signal", new Edit(Signal, "        Interlocked.Exchange(ref _isInPool, 0);\n", "        Volatile.Write(ref _isInPool, 0);\n")),
        new("signal-pool-never", "the pool never says that it has come", "Signal", new Edit(Signal, "        Interlocked.Exchange(ref _isInPool, 0);\n", "")),
        new("signal-continuation-late", "the pump says that it waits before it says how it continues", "Signal", new Edit(Signal, "        _continuation = continuation;\n\n        // A full fence, against the one in Signal.\n        Leave(Waiting);", "        Leave(Waiting);\n        _continuation = continuation;")),
        new("signal-queued-unclaimed", "a caller runs a queued pump without taking it", "Signal", new Edit(Signal, "else if (TryMove(state, Running)) RunHere();", "else { Volatile.Write(ref _state, Running); RunHere(); }")),
        new("signal-refused", "a scheduler that throws loses the pump", "Signal", new Edit(Signal, "            // A scheduler that takes nothing any more must not keep the connection from being closed.\n            QueueToPool();", "            _ = _pump;")),
        new("signal-here-unclaimed", "a caller runs a waiting pump without taking it", "Signal", new Edit(Signal, "if (TryMove(Waiting, Running)) RunHere();", "Volatile.Write(ref _state, Running);\n                RunHere();")),
        new("signal-queued-here-unclaimed", "a caller that signals runs a queued pump without taking it", "Signal", new Edit(Signal, "if (TryMove(Queued, Running)) RunHere();", "Volatile.Write(ref _state, Running);\n            RunHere();")),
        new("signal-forgets-queue", "a woken pump is not put anywhere", "Signal", new Edit(Signal, "            else if (TryMove(Waiting, Queued))\n            {\n                Schedule();\n            }", "            else\n            {\n                TryMove(Waiting, Queued);\n            }")),
        new("signal-ignores-parked", "a signal does not look at a parked pump", "Parked,Connection", new Edit(Signal, "else if (state == Parked && _pump.MustNotStayParked)", "else if (state == Parked && _pump is null)")),
        new("park-no-second-look", "the pump is parked without a look (A4)", "Parked,Connection", new Edit(Signal, "        if (_pump.MustNotStayParked) Resume();\n        else _pump.OnParked();", "        _pump.OnParked();")),
        new("park-twice", "when the reader returns the pump goes on, wherever it is", "Parked", new Edit(Signal, "        if (TryMove(Parked, Running)) Run();", "        Volatile.Write(ref _state, Running);\n        Run();")),
        new("park-forgotten", "when the reader returns the pump stays parked", "Parked", new Edit(Signal, "        if (TryMove(Parked, Running)) Run();\n", "")),
        new("park-continuation-late", "the pump is parked before it says how it continues", "Parked", new Edit(Signal, "        _continuation = continuation;\n        _parks++;\n\n        // A full fence, against the one in Signal: a thread that stops the pump sees it parked, or is seen here.\n        Leave(Parked);", "        Leave(Parked);\n        _continuation = continuation;\n        _parks++;")),
        new("park-resume-run", "Resume runs nothing", "Parked", new Edit(Signal, "if (TryMove(Parked, Queued)) Schedule();", "TryMove(Parked, Queued);")),
        new("dialogue-unwatched", "a parked pump is watched by nobody (A5)", "ConnectionDialogueEnds", new Edit("Receiving/ReceivePump.cs", "void PumpSignal.IPump.OnParked() => KeepWatched();", "void PumpSignal.IPump.OnParked() { }")),
    ];
}
