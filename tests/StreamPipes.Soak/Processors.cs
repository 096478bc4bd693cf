using System.Diagnostics;
using System.Globalization;

namespace StreamPipes.Soak;

/// <summary>Who had the processors since it was made. A machine that others kept busy excuses fewer open connections than asked for, nothing else does.</summary>
internal sealed class Processors
{
    private const double TicksPerSecond = 100;

    private readonly (double All, double Busy, double Own) _start = Read();

    /// <summary>The share of all processors that other processes had, or the machine around this one; 0 where the system does not say.</summary>
    public double TakenByOthers
    {
        get
        {
            (double all, double busy, double own) = Read();
            double taken = busy - _start.Busy - (own - _start.Own);
            return all > _start.All ? Math.Clamp(taken / (all - _start.All), 0, 1) : 0;
        }
    }

    private static (double All, double Busy, double Own) Read()
    {
        const string Statistics = "/proc/stat";
        if (!File.Exists(Statistics)) return default;
        string[] lines = [.. File.ReadLines(Statistics).TakeWhile(static line => line.StartsWith("cpu", StringComparison.Ordinal))];

        // In a container with fewer processors than the machine these are the machine's, and say nothing about ours.
        if (lines.Length - 1 != Environment.ProcessorCount) return default;

        // user nice system idle iowait irq softirq steal. Interrupts are mostly our own packets.
        double[] ticks = [.. lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(static word => double.Parse(word, CultureInfo.InvariantCulture))];
        using Process process = Process.GetCurrentProcess();
        return (ticks.Sum(), ticks[0] + ticks[1] + ticks[2] + ticks[7], process.TotalProcessorTime.TotalSeconds * TicksPerSecond);
    }
}
