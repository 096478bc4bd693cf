using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Scheduling;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A pump that takes what it is given, once at a time, and waits for more.</summary>
[Simulated]
internal sealed class CountingPump : PumpSignal.IPump
{
    private readonly Tally _inside = new("pumps inside");
    private readonly Tally _runs = new("starts of the pump");
    private volatile int _given;
    private int _taken;

    public CountingPump(PipeScheduler? scheduler) => Signal = new PumpSignal(this, scheduler);

    public PumpSignal Signal { get; }

    public bool HasWork => _given != Volatile.Read(ref _taken);

    public bool MustNotStayParked => true;

    public int Given => _given;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Gives it something by a release alone, as a flag that is set once: the wake-up has to contain what else is needed.</summary>
    public void Give(int number) => _given = number;

    public void OnParked()
    {
        // Nothing watches it.
    }

    public void Run()
    {
        if (_runs.Add(1) != 1) SimulatedFailure.Throw("the pump has been started twice");
        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (true)
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
    protected SignalScenario(PipeScheduler? scheduler) => Pump = new CountingPump(scheduler);

    protected CountingPump Pump { get; }

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

/// <summary>The same from two threads, of which one may run the pump itself.</summary>
internal sealed class SignalFromTwo : SignalScenario
{
    public SignalFromTwo()
        : base(scheduler: null)
    {
    }

    public override void Run()
    {
        Pump.Signal.Start(isOwnThread: false);
        Start(
            "giver",
            () =>
            {
                Pump.Give(1);
                Pump.Signal.Signal(runHere: true);
            });
        Start("other", () => Pump.Signal.Signal());
    }
}

/// <summary>With a scheduler of the caller's that runs everything at once.</summary>
internal sealed class SignalInline : SignalScenario
{
    public SignalInline()
        : base(PipeScheduler.Inline)
    {
    }

    public override void Run()
    {
        Start(
            "giver",
            () =>
            {
                Pump.Give(1);
                Pump.Signal.Signal();
            });
        Start(
            "other",
            () =>
            {
                Pump.Signal.Start(isOwnThread: true);
                Pump.Signal.Signal();
            });
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
                Pump.Signal.TryRunQueued();
                Pump.Give(2);
                Pump.Signal.Signal();
                Pump.Signal.TryRunQueued();
            });
    }
}

/// <summary>A scheduler that throws does not lose the pump.</summary>
internal sealed class SignalRefused : SignalScenario
{
    public SignalRefused()
        : base(new Refusing())
    {
    }

    public override void Run() => Start(
        "giver",
        () =>
        {
            Pump.Give(1);
            Pump.Signal.Signal();
        });

    private sealed class Refusing : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state) => throw new InvalidOperationException("It takes nothing.");
    }
}
