namespace StreamPipes.Soak;

/// <summary>Compares the end with the beginning: what was there after the warm-up may be there, and not more.</summary>
internal sealed class Verdict(Census before, Census after, Tally tally)
{
    /// <summary>Caches of the framework breathe. A quarter of a kilobyte left by each connection of the shortest run is more.</summary>
    private const long HeapTolerance = 4L << 20;

    /// <summary>What lies outside the heap, TLS above all, comes in pages and arenas that a single survivor keeps.</summary>
    private const long WorkingSetTolerance = 48L << 20;

    /// <summary>The pool of threads breathes too.</summary>
    private const int ThreadTolerance = 2;

    /// <summary>A thread's stack, or a cached task, may hold the last one it worked for.</summary>
    private const int AliveTolerance = 8;

    /// <summary>The runtime opens a file or an event queue of its own as it goes. Sockets are counted without any tolerance.</summary>
    private const int DescriptorTolerance = 8;

    /// <summary>Of a thousand connections that were broken, how many may look like an orderly end: see SECURITY.md, Truncation.</summary>
    private const int ResetTolerance = 5;

    /// <summary>How much of the processors others must have had to excuse that fewer connections were open at a time.</summary>
    private const double BusyShare = 0.2;

    private const double Megabyte = 1 << 20;

    public IEnumerable<(string What, string Before, string After, bool IsGood)> Lines =>
    [
        Line("open sockets", before.Sockets, after.Sockets, after.Sockets <= before.Sockets),
        Line("open descriptors", before.Descriptors, after.Descriptors, after.Descriptors <= before.Descriptors + DescriptorTolerance),
        ("heap after collection, MB", $"{before.HeapBytes / Megabyte:F1}", $"{after.HeapBytes / Megabyte:F1}", after.HeapBytes <= before.HeapBytes + HeapTolerance),
        Line("connections not collected", before.ConnectionsAlive, after.ConnectionsAlive, after.ConnectionsAlive <= AliveTolerance),
        Line("blocks not returned", before.Blocks, after.Blocks, after.Blocks == 0),
        Line("blocks misused", before.Misuses, after.Misuses, after.Misuses == 0),
        Line("timers armed", before.Timers, after.Timers, after.Timers == 0),
        Line("threads", before.Threads, after.Threads, after.Threads <= before.Threads + ThreadTolerance),
        Line("unobserved exceptions", before.Unobserved, after.Unobserved, after.Unobserved == 0),
        Line("resets read as an end", 0, tally.ResetsTakenByWrites, tally.ResetsTakenByWrites <= ResetTolerance * (1 + (tally.Broken / 1000))),
        ("working set, MB", $"{before.WorkingSet / Megabyte:F0}", $"{after.WorkingSet / Megabyte:F0}", after.WorkingSet <= before.WorkingSet + WorkingSetTolerance),
    ];

    public bool IsGood => Lines.All(static line => line.IsGood);

    /// <summary>
    /// What there is to say if fewer than 9 in 10 were ever open at a time. Handshakes need processors: where others had them, that is no failure,
    /// and what was open has been checked all the same; under 1 in 10 it is one anyhow, since too little has.
    /// </summary>
    public (string Text, bool IsFailure)? Shortage(SoakOptions options, double takenByOthers)
    {
        if (tally.MostOpen >= options.Slots * 9 / 10) return null;
        bool isExcused = takenByOthers >= BusyShare && tally.MostOpen >= options.Slots / 10;
        string text = $"Of {options.Slots:N0} connections never more than {tally.MostOpen:N0} were open at a time, and other processes had {takenByOthers:P0} of the processors: ";
        return (text + (isExcused ? "no failure, the machine was too busy for more." : $"too few. On a slow machine take fewer --connections, {options.Connections / 2} for example."), !isExcused);
    }

    private static (string, string, string, bool) Line(string what, int before, int after, bool isGood) => (what, $"{before:N0}", $"{after:N0}", isGood);
}
