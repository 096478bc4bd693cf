using System.Globalization;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Reports;

/// <summary>Prints what has been explored, as a table in Markdown.</summary>
internal sealed class ScenarioTable
{
    private readonly TextWriter _output;
    private readonly SortedSet<string> _races = new(StringComparer.Ordinal);
    private int _count;
    private int _bad;
    private long _executions;
    private long _steps;
    private TimeSpan _elapsed;

    public ScenarioTable(TextWriter output) => _output = output;

    public void Begin()
    {
        _output.WriteLine("| scenario | executions | steps | states | all schedules up to | seconds | outcome |");
        _output.WriteLine("|---|---:|---:|---:|---|---:|---|");
    }

    public void Add(ScenarioResult result)
    {
        _count++;
        if (!result.IsGood) _bad++;
        _executions += result.Executions;
        _steps += result.Steps;
        _elapsed += result.Elapsed;
        _races.UnionWith(result.Races.Where(static race => !race.StartsWith("Cells.", StringComparison.Ordinal)));
        string whole = result.Whole?.ToString() ?? "-";
        if (result.Partly is { } partly) whole += string.Create(CultureInfo.InvariantCulture, $" (in part {partly})");
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {result.Scenario.Name} | {result.Executions:N0} | {result.Steps:N0} | {result.States:N0} | {whole} | {result.Elapsed.TotalSeconds:F1} | {Outcome(result)} |"));
    }

    public void AddTrace(ScenarioResult result)
    {
        if (result.Schedule is null) return;
        _output.WriteLine($"    replay {result.Scenario.Name} {result.Schedule}");
        foreach (string line in result.Trace) _output.WriteLine("    " + line);
    }

    public void End()
    {
        _output.WriteLine();
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_count} scenarios, {_executions:N0} executions, {_steps:N0} steps in {_elapsed.TotalSeconds:F0} s ({_steps / Math.Max(_elapsed.TotalSeconds, 0.001):N0} a second), {_bad} failed."));
        if (_races.Count > 0) _output.WriteLine($"Plain accesses that race, and are explored as such: {string.Join(", ", _races)}.");
    }

    private static string Outcome(ScenarioResult result) => (result.Failure, result.IsExpectedToFail) switch
    {
        ({ } failure, _) when result.IsKnownToFail => $"known to fail: {failure}",
        (null, _) when result.IsKnownToFail => "**holds by now: it is not known to fail any more**",
        (null, false) => "holds",
        (null, true) => "**the weak outcome has not been found**",
        ({ } failure, true) => $"refuted, as it has to be: {failure}",
        ({ } failure, false) => $"**fails**: {failure}",
    };
}
