using System.Numerics;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls in place of <see cref="Volatile"/> and <see cref="Interlocked"/>; the names are theirs.</summary>
public static class Atomics
{
    public static T VolatileRead<T>(Location<T> location) => location.Read(AccessKind.AcquireRelease);

    public static void VolatileWrite<T>(Location<T> location, T value) => location.Write(value, AccessKind.AcquireRelease);

    /// <summary>Of what is set to its default by its address.</summary>
    public static void PlainWrite<T>(Location<T> location, T value) => location.Write(value, AccessKind.Plain);

    public static T InterlockedExchange<T>(Location<T> location, T value) => location.Exchange(_ => value, "exchanges");

    public static T InterlockedCompareExchange<T>(Location<T> location, T value, T comparand) => location.CompareExchange(value, comparand);

    public static T InterlockedRead<T>(Location<T> location) => location.Exchange(change: null, "reads");

    public static T InterlockedIncrement<T>(Location<T> location)
        where T : INumber<T> => location.Exchange(static value => value + T.One, "increments") + T.One;

    public static T InterlockedDecrement<T>(Location<T> location)
        where T : INumber<T> => location.Exchange(static value => value - T.One, "decrements") - T.One;

    public static T InterlockedAdd<T>(Location<T> location, T count)
        where T : INumber<T> => location.Exchange(value => value + count, "adds to") + count;

    public static T InterlockedOr<T>(Location<T> location, T bits)
        where T : IBinaryInteger<T> => location.Exchange(value => value | bits, "ors");

    public static T InterlockedAnd<T>(Location<T> location, T bits)
        where T : IBinaryInteger<T> => location.Exchange(value => value & bits, "ands");

    [Replaces(typeof(Interlocked), nameof(Interlocked.MemoryBarrier))]
    [Replaces(typeof(Thread), nameof(Thread.MemoryBarrier))]
    public static void MemoryBarrier()
    {
        if (SimulatedThread.Current is not { } thread) return;
        thread.Execution.Point(thread, location: null, "fence");
        thread.Execution.Fence(thread);
        thread.Execution.Say(thread, "full fence");
    }
}
