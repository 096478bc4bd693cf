using StreamPipes.Common;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Receiving;
using StreamPipes.Scheduling;
using StreamPipes.State;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>Who sees that it has ended sees what was written before.</summary>
[Simulated]
internal sealed class OnceSignalTells : Scenario
{
    private OnceSignal _ended;
    private int _error;

    public override void Run()
    {
        Start(
            "ender",
            () =>
            {
                _error = 1;
                _ended.Set();
            });
        Start("looker", () => Assert(!_ended.IsSet || _error == 1, "it has ended, and the error before it is not seen"));
    }
}

/// <summary>Who waits for the end is told, whether the wait or the end comes first; and all wait for the same.</summary>
[Simulated]
internal sealed class OnceSignalAwaited : Scenario
{
    private OnceSignal _ended;
    private int _error;

    public override void Run()
    {
        StartAsync("one", WaitAsync);
        StartAsync("other", WaitAsync);
        Start(
            "ender",
            () =>
            {
                _error = 1;
                _ended.Set();
            });
    }

    private async Task WaitAsync()
    {
        await _ended.Task.ConfigureAwait(false);
        Assert(_error == 1, "it has ended, and the error before it is not seen");
    }
}

/// <summary>A half-close holds the pump off the stream: never are both in it, and the pump goes on afterwards.</summary>
internal sealed class GateHolds : Scenario
{
    private readonly ReadGate _gate = new();
    private readonly Tally _inside = new("in the stream");
    private readonly Tally _reads = new("reads");

    public override void Run()
    {
        StartAsync(
            "pump",
            async () =>
            {
                for (int i = 0; i < 2; i++)
                {
                    while (!_gate.TryEnter(out _))
                    {
                        if (!await _gate.WaitForTurnAsync().ConfigureAwait(false)) return;
                    }

                    Assert(_inside.Add(1) == 1, "a read runs beside the half-close");
                    _inside.Add(-1);
                    _gate.Exit();
                    _reads.Add(1);
                }
            });
        StartAsync(
            "half-close",
            async () =>
            {
                await _gate.HoldAsync(cancels: true).ConfigureAwait(false);
                Assert(_inside.Add(1) == 1, "the half-close runs beside a read");
                _inside.Add(-1);
                _gate.Release();
            });
    }

    public override void Check() => Assert(_reads.Value == 2, "the pump has not gone on");
}

/// <summary>A detach takes over the read that is in the stream, or there is none: both sides agree on it, and no further read begins.</summary>
internal sealed class GateHandsOver : Scenario
{
    private readonly ReadGate _gate = new();
    private readonly Tally _kept = new("reads of the pump");
    private readonly Tally _left = new("reads left to the detach");
    private readonly Tally _taken = new("reads taken by the detach");
    private readonly Tally _inside = new("in the stream");

    public override void Run()
    {
        Start(
            "pump",
            () =>
            {
                for (int i = 0; i < 2 && _left.Value == 0 && _gate.TryEnter(out _); i++)
                {
                    _inside.Add(1);
                    _inside.Add(-1);
                    (_gate.Exit() ? _left : _kept).Add(1);
                }
            });
        Start(
            "detach",
            () =>
            {
                bool isTaken = _gate.HandOver();
                Assert(isTaken || _inside.Value == 0, "a read is in the stream that nobody takes over");
                _taken.Add(isTaken ? 1 : 0);
            });
    }

    public override void Check()
    {
        Assert(_left.Value == _taken.Value, "a read is nobody's, or has two owners");
        Assert(!_gate.TryEnter(out _), "a read begins after the detach");
    }
}

/// <summary>Stopped without a cancel first, and with one later: the read that waits is ended by the second.</summary>
internal sealed class GateStopsTwice : Scenario
{
    private readonly ReadGate _gate = new();

    public override void Run()
    {
        StartAsync("pump", () => GateStops.PumpAsync(_gate));
        Start("stopper", () =>
        {
            _gate.Stop(cancels: false);
            _gate.Stop(cancels: true);
        });
    }
}

/// <summary>A hold ends a read that nothing else ends, and a stop comes afterwards.</summary>
internal sealed class GateHoldsPending : Scenario
{
    private readonly ReadGate _gate = new();

    public override void Run()
    {
        StartAsync("pump", () => GateStops.PumpAsync(_gate));
        StartAsync(
            "half-close",
            async () =>
            {
                await _gate.HoldAsync(cancels: true).ConfigureAwait(false);
                _gate.Release();
                _gate.Stop(cancels: true);
            });
    }
}

/// <summary>Stopped while it is held: the pump ends, and so does the hold.</summary>
internal sealed class GateStops : Scenario
{
    private readonly ReadGate _gate = new();

    public override void Run()
    {
        StartAsync("pump", () => PumpAsync(_gate));
        StartAsync(
            "half-close",
            async () =>
            {
                await _gate.HoldAsync(cancels: true).ConfigureAwait(false);
                _gate.Release();
            });
        Start("stopper", () => _gate.Stop(cancels: true));
    }

    /// <summary>Reads that wait until they are cancelled, until the gate is stopped.</summary>
    public static async Task PumpAsync(ReadGate gate)
    {
        while (true)
        {
            if (!gate.TryEnter(out CancellationToken token))
            {
                if (!await gate.WaitForTurnAsync().ConfigureAwait(false)) return;
                continue;
            }

            try
            {
                await new ReadThatWaits(token).Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The read has been stopped.
            }
            finally
            {
                gate.Exit();
            }
        }
    }

    private sealed class ReadThatWaits
    {
        private readonly TaskCompletionSource<bool> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ReadThatWaits(CancellationToken token) => token.Register(static over => ((TaskCompletionSource<bool>)over!).TrySetCanceled(), _over);

        public Task Task => _over.Task;
    }
}

/// <summary>The first error stays, whoever comes, and the close is decided once.</summary>
internal sealed class StateDecides : Scenario
{
    private readonly ConnectionState _state = new(hasInput: true, hasOutput: true);
    private readonly Tally _closes = new("closes");
    private readonly Tally _firsts = new("first errors");

    public override void Run()
    {
        Start("read fault", () => Fault(CloseReason.ReadFault));
        Start("abort", () => Fault(CloseReason.Aborted));
        Start(
            "ends",
            () =>
            {
                _state.NoteReceiveEnded();
                _state.NoteSendEnded();
                Decide();
            });
    }

    public override void Check()
    {
        Assert(_closes.Value == 1, $"the close has been decided {_closes.Value} times");
        Assert(_firsts.Value == 1 || _state.Fault is null, $"{_firsts.Value} errors were the first");
    }

    private void Fault(CloseReason reason)
    {
        IOException error = new(reason.ToString());
        if (_state.TryFault(reason, error))
        {
            _firsts.Add(1);
            Assert(_state.Fault is { } fault && fault.Reason == reason && fault.Exception == error, "another error is kept than the first");
        }

        Fault? seen = _state.Fault;
        Assert(seen is not null, "an error has been kept and is not seen");
        Decide();
        Assert(_state.Fault == seen, "the error has changed");
    }

    private void Decide()
    {
        if (_state.Decide(hasTimedOut: false) == NextStep.Close) _closes.Add(1);
    }
}

/// <summary>An abort after a write fault makes it immediate, once, and closes.</summary>
internal sealed class StateEscalates : Scenario
{
    private readonly ConnectionState _state = new(hasInput: true, hasOutput: true);
    private readonly Tally _closes = new("closes");

    public override void Run()
    {
        Start(
            "write fault",
            () =>
            {
                _state.TryFault(CloseReason.WriteFault, new IOException("gone"));
                _state.NoteSendEnded();
                Decide();
            });
        Start(
            "abort",
            () =>
            {
                if (_state.TryFault(CloseReason.Aborted, new IOException("aborted")) || _state.TryEscalate()) Decide();
            });
    }

    public override void Check()
    {
        Assert(_closes.Value == 1, $"the close has been decided {_closes.Value} times");
        Assert(_state.Fault is { IsImmediate: true }, "the error is not immediate");
    }

    private void Decide()
    {
        if (_state.Decide(hasTimedOut: false) == NextStep.Close) _closes.Add(1);
    }
}

/// <summary>What is scheduled runs once, before the stop or after it, and the thread ends.</summary>
internal sealed class DedicatedThreadStops : Scenario
{
    private readonly DedicatedThread _thread = new("dedicated");
    private readonly Tally _ran = new("ran");

    public override void Run()
    {
        Start(
            "scheduler",
            () =>
            {
                _thread.Schedule(_ => _ran.Add(1), null);
                _thread.Schedule(_ => _ran.Add(1), null);
            });
        Start("stopper", _thread.Stop);
    }

    public override void Check() => Assert(_ran.Value == 2, $"{_ran.Value} of 2 have run");
}

/// <summary>What is scheduled wakes the thread that waits.</summary>
internal sealed class DedicatedThreadRuns : Scenario
{
    private readonly DedicatedThread _thread = new("dedicated");
    private readonly Tally _ran = new("ran");

    public override void Run() => Start(
        "scheduler",
        () =>
        {
            for (int i = 1; i <= 2; i++)
            {
                int before = i - 1;
                _thread.Schedule(_ => Assert(_ran.Add(1) == before + 1, "it has run out of order"), null);
                _ran.WaitFor(i);
            }

            _thread.Stop();
        });
}
