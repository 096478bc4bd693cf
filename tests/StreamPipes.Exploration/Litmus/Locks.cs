using System.Diagnostics.CodeAnalysis;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Litmus;

/// <summary>Two threads count under a lock.</summary>
[SuppressMessage("Design", "MA0158:Use System.Threading.Lock", Justification = "The library, which has a target without it, locks objects.")]
internal sealed class LockedCount : Scenario
{
    private readonly object _sync = new();
    private readonly Cells _cells = new();

    public override void Run()
    {
        Start("one", Count);
        Start("other", Count);
    }

    public override void Check() => Assert(_cells.X == 4, $"{_cells.X} of 4 have been counted");

    private void Count()
    {
        for (int i = 0; i < 2; i++)
        {
            lock (_sync) _cells.X++;
        }
    }
}

/// <summary>Two threads count without a lock: an update is lost.</summary>
[Refuted]
internal sealed class UnlockedCount : Scenario
{
    private readonly Cells _cells = new();

    public override void Run()
    {
        Start("one", () => Volatile.Write(ref _cells.X, Volatile.Read(ref _cells.X) + 1));
        Start("other", () => Volatile.Write(ref _cells.X, Volatile.Read(ref _cells.X) + 1));
    }

    public override void Check() => Assert(_cells.X == 2, "an update is lost");
}

/// <summary>Interlocked counting loses nothing.</summary>
internal sealed class InterlockedCount : Scenario
{
    private readonly Cells _cells = new();

    public override void Run()
    {
        Start("one", () => Interlocked.Increment(ref _cells.X));
        Start("other", () => Interlocked.Add(ref _cells.X, 1));
        Start("third", () => Interlocked.Increment(ref _cells.X));
    }

    public override void Check() => Assert(_cells.X == 3, "an update is lost");
}

/// <summary>Who waits for a pulse without a look first may wait for ever.</summary>
[Refuted]
internal sealed class MissedPulse : Scenario
{
    private readonly object _sync = new();

    public override void Run()
    {
        Start(
            "waiter",
            () =>
            {
                lock (_sync) Monitor.Wait(_sync);
            });
        Start(
            "pulser",
            () =>
            {
                lock (_sync) Monitor.Pulse(_sync);
            });
    }
}

/// <summary>Two locks taken in different orders.</summary>
[Refuted]
internal sealed class Deadlock : Scenario
{
    private readonly object _one = new();
    private readonly object _other = new();

    public override void Run()
    {
        Start("forth", () => Both(_one, _other));
        Start("back", () => Both(_other, _one));
    }

    private static void Both(object first, object second)
    {
        lock (first)
        {
            lock (second)
            {
                // Both are held.
            }
        }
    }
}
