using System.Diagnostics;
using System.Globalization;

namespace RedisTls;

/// <summary>The steps of the tour with their times, printed at the end.</summary>
internal sealed class TourTable(TextWriter output)
{
    private readonly List<(string Step, string Amount, TimeSpan Time, string Rate)> _rows = [];

    /// <summary>Runs a step that sends <paramref name="commands"/> commands.</summary>
    public async Task CommandsAsync(string step, int commands, Func<Task> run)
    {
        TimeSpan time = await TimeAsync(run);
        Add(step, Invariant($"{commands:N0}"), time, Invariant($"{commands / time.TotalSeconds:N0} /s"));
    }

    /// <summary>Runs a step that moves <paramref name="bytes"/> bytes.</summary>
    public async Task BytesAsync(string step, long bytes, Func<Task> run)
    {
        TimeSpan time = await TimeAsync(run);
        Add(step, Invariant($"{bytes / 1048576.0:0} MiB"), time, Invariant($"{bytes / 1048576.0 / time.TotalSeconds:N0} MiB/s"));
    }

    public async Task PrintAsync()
    {
        await output.WriteLineAsync();
        await output.WriteLineAsync($"{"step",-34}{"amount",10}{"time",12}{"rate",16}");
        foreach ((string step, string amount, TimeSpan time, string rate) in _rows)
            await output.WriteLineAsync(Invariant($"{step,-34}{amount,10}{time.TotalMilliseconds,9:N1} ms{rate,16}"));
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> run)
    {
        long start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Add(string step, string amount, TimeSpan time, string rate) => _rows.Add((step, amount, time, rate));
}
