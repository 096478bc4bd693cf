using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Scheduling;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A pump that has something to do as often as it is given something, and counts how often it has done it.</summary>
[Simulated]
internal sealed class CountingPump : IPump
{
    private readonly Tally _inside = new("pumps inside");
    private volatile int _given;
    private int _taken;

    public CountingPump(PipeScheduler? scheduler) => Signal = new PumpSignal(this, scheduler);

    public PumpSignal Signal { get; }

    public bool HasWork => _given != Volatile.Read(ref _taken);

    public int Given => _given;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Gives it something by a release alone, as a flag that is set once: the wake-up has to contain what else is needed.</summary>
    public void Give(int number) => _given = number;

    public void Start() => _ = RunAsync();

    private async Task RunAsync()
    {
        while (Taken < 9)
        {
            await Signal;
            if (_inside.Add(1) != 1) SimulatedFailure.Throw("the pump runs twice at a time");
            Volatile.Write(ref _taken, _given);
            _inside.Add(-1);
        }
    }
}

/// <summary>Somebody gives the pump something and signals it, while it goes to wait: it has taken everything in the end.</summary>
internal abstract class SignalScenario : Scenario
{
    private readonly CountingPump _pump;

    protected SignalScenario(PipeScheduler? scheduler) => _pump = new CountingPump(scheduler);

    protected CountingPump Pump => _pump;

    public override void Check() => Assert(Pump.Taken == Pump.Given, $"the pump waits, and has taken {Pump.Taken} of {Pump.Given}");
}

/// <summary>A release store, then the signal: what a stop does.</summary>
internal sealed class SignalAfterRelease : SignalScenario
{
    public SignalAfterRelease()
        : base(scheduler: null)
    {
    }

    public override void Run() => Start(
        "giver",
        () =>
        {
            Pump.Give(1);
            Pump.Signal.Signal();
            Pump.Give(2);
            Pump.Signal.Signal();
        });
}

/// <summary>The same with a scheduler of the caller's that runs everything at once.</summary>
internal sealed class SignalInline : SignalScenario
{
    public SignalInline()
        : base(PipeScheduler.Inline)
    {
    }

    public override void Run()
    {
        Pump.Signal.Signal();
        Start(
            "giver",
            () =>
            {
                Pump.Give(1);
                Pump.Signal.Signal();
            });
        Start("other", () => Pump.Signal.Signal());
    }
}

/// <summary>A caller claims the pump that the thread pool is about to run: only one of them does.</summary>
internal sealed class SignalClaimed : SignalScenario
{
    public SignalClaimed()
        : base(scheduler: null)
    {
    }

    public override void Run()
    {
        Pump.Give(1);
        Pump.Signal.Signal();
        Start(
            "claimer",
            () =>
            {
                Pump.Signal.RunClaimed();
                Pump.Give(2);
                Pump.Signal.Signal();
                Pump.Signal.RunClaimed();
            });
    }
}
