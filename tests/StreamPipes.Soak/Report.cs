using System.Diagnostics;

namespace StreamPipes.Soak;

/// <summary>What is printed.</summary>
internal static class Report
{
    private const double Megabyte = 1 << 20;

    public static void Begin(SoakOptions options) => Console.WriteLine(
        $"{options.Connections} TLS and {options.PlainSlots} plain connections at a time for {options.Duration.TotalSeconds} s, {Environment.ProcessorCount} cores, --seed {options.Seed}");

    public static void Moment(Stopwatch watch, Tally tally) => Console.WriteLine(
        $"{watch.Elapsed.TotalSeconds,5:F0} s  {tally.Connections,7:N0} connections ended, {tally.Open,5:N0} open, {tally.Bytes / Megabyte,9:N0} MB checked, {tally.Failures} failures");

    public static void End(Tally tally, Meters meters, Verdict? verdict)
    {
        Console.WriteLine();
        Row("connections", $"{tally.Connections:N0}, at most {tally.MostOpen:N0} at a time");
        foreach (Carrier carrier in Enum.GetValues<Carrier>()) Row($"  ends of {carrier}", $"{tally.Of(carrier):N0}");
        foreach (Finish finish in Enum.GetValues<Finish>()) Row($"  ended by {finish}", $"{tally.Of(finish):N0}");
        Row("bytes checked", $"{tally.Bytes:N0}");
        Row("reads and flushes cancelled", $"{tally.Cancellations:N0}");
        Row("timers made", $"{meters.Timers.Created:N0}");
        Row("blocks rented of the counting pool", $"{meters.Pool.Rented:N0}");
        Console.WriteLine();
        if (verdict is null) return;
        Row("at rest", $"{"warmed up",10} {"at the end",10}");
        foreach ((string what, string before, string after, bool isGood) in verdict.Lines) Row(what, $"{before,10} {after,10}{(isGood ? "" : "  <- NOT FLAT")}");
        if (meters.FirstUnobserved is { } unobserved) Console.WriteLine($"first unobserved exception: {unobserved}");
        Console.WriteLine();
    }

    private static void Row(string what, string value) => Console.WriteLine($"{what,-36} {value}");
}
