using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Scheduling;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A pump that is parked once below a reader, who does not return before the pump has been stopped.</summary>
[Simulated]
internal sealed class ParkingPump : PumpSignal.IPump
{
    private readonly Tally _inside = new("pumps inside");
    private readonly ReadToRun _read = new();
    private volatile bool _isStopped;
    private volatile bool _isOver;
    private volatile bool _hasContinued;

    public ParkingPump(Action reader)
    {
        Signal = new PumpSignal(this, scheduler: null);
        _read.Reader = reader;
    }

    public PumpSignal Signal { get; }

    public bool HasWork => _isStopped;

    public bool MustNotStayParked => _isStopped;

    public bool IsOver => _isOver;

    /// <summary>Whether it has continued after it was parked.</summary>
    public bool HasContinued => _hasContinued;

    public void Stop()
    {
        _isStopped = true;
        Signal.Signal();
    }

    public void OnParked()
    {
        // Nothing watches it.
    }

    public void Run() => _ = RunAsync();

    private async Task RunAsync()
    {
        Enter();
        Leave();
        _read.Prepare();
        await Signal.RunReaderThenResume(_read);
        Enter();
        Leave();
        _hasContinued = true;
        while (!_isStopped) await Signal;
        _isOver = true;
    }

    private void Enter()
    {
        if (_inside.Add(1) != 1) SimulatedFailure.Throw("the pump runs twice at a time");
    }

    private void Leave() => _inside.Add(-1);
}

/// <summary>A wait whose continuation is a reader, and which the pump has claimed.</summary>
[Simulated]
internal sealed class ReadToRun : PendingOperation<ReadResult>
{
    private volatile bool _isOver;

    public ReadToRun()
        : base(scheduler: null, useSynchronizationContext: false)
    {
    }

    public Action Reader { get; set; } = null!;

    /// <summary>Its reader takes no result.</summary>
    protected override bool MayBeDropped => true;

    protected override bool IsOver => _isOver;

    public void Prepare()
    {
        TryReserve();
        Begin(default, out ValueTask<ReadResult> read);
        read.GetAwaiter().UnsafeOnCompleted(Reader);
        _isOver = true;
        if (!TryClaim()) SimulatedFailure.Throw("the pump cannot claim the read");
    }

    protected override ReadResult MakeResult() => default;
}

/// <summary>The reader blocks below the parked pump until the pump has ended, and another thread stops it: the stop is seen, before or after.</summary>
internal sealed class ParkedBelowBlockingReader : Scenario
{
    private readonly ParkingPump _pump;
    private readonly Tally _readers = new("readers that have returned");

    public ParkedBelowBlockingReader() => _pump = new ParkingPump(() =>
    {
        while (!_pump!.IsOver) Pause();
        _readers.Add(1);
    });

    public override void Run()
    {
        _pump.Signal.Start(isOwnThread: false);
        Start("stopper", _pump.Stop);
    }

    public override void Check() => Assert(_readers.Value == 1 && _pump.IsOver, "the pump has not ended, or the reader has not returned once");
}

/// <summary>The reader returns, and nothing else happens: the pump continues.</summary>
internal sealed class ParkedReaderReturns : Scenario
{
    private readonly ParkingPump _pump = new(static () => { });

    public override void Run()
    {
        _pump.Signal.Start(isOwnThread: false);
        Start("other", () => _pump.Signal.Signal());
    }

    public override void Check() => Assert(_pump.HasContinued, "the pump stays parked");
}

/// <summary>The reader returns, and another thread claims the pump at the same time: one of them runs it.</summary>
internal sealed class ParkedAndClaimed : Scenario
{
    private readonly ParkingPump _pump = new(static () => { });

    public override void Run()
    {
        _pump.Signal.Start(isOwnThread: false);
        Start(
            "claimer",
            () =>
            {
                _pump.Signal.TryRunQueued();
                _pump.Stop();
            });
        Start("resumer", _pump.Signal.Resume);
    }

    public override void Check() => Assert(_pump.IsOver, "the pump has not ended");
}
