using StreamPipes.Testing.Links;

namespace StreamPipes.Testing;

/// <summary>A run of a <see cref="VirtualNetwork"/> that has ended as it should.</summary>
/// <remarks><b>Concurrency.</b> It does not change, and may be read from any thread.</remarks>
public sealed class VirtualRun
{
    private readonly TraceLog _trace;

    internal VirtualRun(int seed, TimeSpan elapsed, long steps, TraceLog trace)
    {
        Seed = seed;
        Elapsed = elapsed;
        Steps = steps;
        _trace = trace;
    }

    /// <summary>The seed, from which everything in it was drawn.</summary>
    public int Seed { get; }

    /// <summary>The virtual time that it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>How many continuations, arrivals and timers it took.</summary>
    public long Steps { get; }

    /// <summary>What has happened, one line for each event. The same seed gives the same lines. They are made anew at each call.</summary>
    /// <returns>The lines, in the order of virtual time.</returns>
    public IReadOnlyList<string> GetTrace() => _trace.Render();
}
