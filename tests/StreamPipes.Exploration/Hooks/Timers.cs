using System.Runtime.CompilerServices;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls for the framework's timers: they fire when nothing else can happen any more.</summary>
public static class Timers
{
    private static readonly ConditionalWeakTable<Timer, Tuple<TimerCallback, object?>> Callbacks = [];

    [Replaces(typeof(Timer), ".ctor")]
    public static Timer Create(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _ = period;
        Timer timer = new(static _ => { }, state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Callbacks.Add(timer, Tuple.Create(callback, state));
        if (dueTime != Timeout.InfiniteTimeSpan) Change(timer, dueTime, period);
        return timer;
    }

    [Replaces(typeof(Timer), nameof(Timer.Change))]
    public static bool Change(Timer timer, TimeSpan dueTime, TimeSpan period)
    {
        if (SimulatedThread.Current is not { } thread || !Callbacks.TryGetValue(timer, out Tuple<TimerCallback, object?>? callback)) return true;
        Tasks.Step("sets a timer");
        thread.Execution.TimerOf(timer, callback.Item1, callback.Item2).Change(dueTime, period);
        return true;
    }
}
