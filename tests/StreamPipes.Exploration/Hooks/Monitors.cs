using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls for its locks.</summary>
public static class Monitors
{
    [Replaces(typeof(Monitor), nameof(Monitor.Enter))]
    public static void Enter(object target, ref bool lockTaken)
    {
        Enter(target);
        lockTaken = true;
    }

    [Replaces(typeof(Monitor), nameof(Monitor.Enter))]
    public static void Enter(object target)
    {
        if (SimulatedThread.Current is { } thread) thread.Execution.LockOf(target).Enter(thread);
    }

    [Replaces(typeof(Monitor), nameof(Monitor.TryEnter))]
    public static bool TryEnter(object target) => SimulatedThread.Current is not { } thread || thread.Execution.LockOf(target).TryEnter(thread);

    [Replaces(typeof(Monitor), nameof(Monitor.Exit))]
    public static void Exit(object target)
    {
        if (SimulatedThread.Current is { } thread) thread.Execution.LockOf(target).Exit(thread);
    }

    [Replaces(typeof(Monitor), nameof(Monitor.IsEntered))]
    public static bool IsEntered(object target) => SimulatedThread.Current is not { } thread || thread.Execution.LockOf(target).IsOwnedBy(thread);

    [Replaces(typeof(Monitor), nameof(Monitor.Wait))]
    public static bool Wait(object target)
    {
        SimulatedThread thread = SimulatedThread.Current!;
        thread.Execution.LockOf(target).Wait(thread);
        return true;
    }

    [Replaces(typeof(Monitor), nameof(Monitor.Pulse))]
    public static void Pulse(object target) => Pulse(target, all: false);

    [Replaces(typeof(Monitor), nameof(Monitor.PulseAll))]
    public static void PulseAll(object target) => Pulse(target, all: true);

    private static void Pulse(object target, bool all)
    {
        if (SimulatedThread.Current is { } thread) thread.Execution.LockOf(target).Pulse(thread, all);
    }
}
