using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StreamPipes.Soak;

/// <summary>What the process holds while no connection is open.</summary>
internal sealed partial record Census
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    public required int Sockets { get; init; }

    public required int Descriptors { get; init; }

    public required long HeapBytes { get; init; }

    public required int Threads { get; init; }

    public required int Timers { get; init; }

    public required int Blocks { get; init; }

    public required int Misuses { get; init; }

    public required int ConnectionsAlive { get; init; }

    public required int Unobserved { get; init; }

    public required long WorkingSet { get; init; }

    public static bool CanCountDescriptors => Directory.Exists("/proc/self/fd");

    /// <summary>Counts once, or again and again until it is calm: threads of the pool leave 20 seconds after their last work.</summary>
    public static async Task<Census> TakeAsync(Meters meters, Func<Census, bool> isCalm)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            Census census = Take(meters);
            if (isCalm(census) || waited.Elapsed > Patience) return census;
            await Task.Delay(Pace);
        }
    }

    private static Census Take(Meters meters)
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        GiveBackFreeMemory();
        meters.Pool.CheckReturned();
        using Process process = Process.GetCurrentProcess();
        string[] descriptors = CanCountDescriptors ? Directory.GetFiles("/proc/self/fd") : [];
        return new Census
        {
            Sockets = descriptors.Count(static file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true),
            Descriptors = descriptors.Length,
            ConnectionsAlive = meters.CountAlive(),
            HeapBytes = GC.GetTotalMemory(forceFullCollection: true),
            Threads = process.Threads.Count,
            Timers = meters.Timers.Alive,
            Blocks = meters.Pool.Outstanding,
            Misuses = meters.Pool.Misuses,
            Unobserved = meters.Unobserved,
            WorkingSet = process.WorkingSet64,
        };
    }

    /// <summary>What the collector and malloc keep although nobody uses it is no leak, and hides one.</summary>
    private static void GiveBackFreeMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Only the C library of GNU has it.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
