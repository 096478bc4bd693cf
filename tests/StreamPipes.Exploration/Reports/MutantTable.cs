using System.Globalization;
using StreamPipes.Exploration.Mutants;

namespace StreamPipes.Exploration.Reports;

/// <summary>Prints the mutants, as a table in Markdown.</summary>
internal sealed class MutantTable
{
    private readonly TextWriter _output;
    private readonly List<MutantResult> _results = [];

    public MutantTable(TextWriter output) => _output = output;

    public void Begin()
    {
        _output.WriteLine("| mutant | what is wrong | seconds | noticed by |");
        _output.WriteLine("|---|---|---:|---|");
    }

    public void Add(MutantResult result)
    {
        _results.Add(result);
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {result.Mutant.Id} | {result.Mutant.Breaks} | {result.Elapsed.TotalSeconds:F1} | {Outcome(result)} |"));
        _output.Flush();
    }

    /// <returns>Whether enough of them were noticed, and all could be judged.</returns>
    public bool End()
    {
        int killed = _results.Count(static result => result.IsKilled);
        int errors = _results.Count(static result => result.Error is not null);
        int equivalent = _results.Count(static result => !result.IsKilled && result.Error is null && result.Mutant.Equivalent is not null);
        int judged = _results.Count - errors - equivalent;
        double share = judged == 0 ? 0 : 100.0 * killed / judged;
        _output.WriteLine();
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{killed} of {judged} mutants noticed ({share:F1} %), {equivalent} more change nothing that can be seen, {errors} errors, in {_results.Sum(static result => result.Elapsed.TotalSeconds):F0} s."));
        return errors == 0 && share >= 95;
    }

    private static string Outcome(MutantResult result)
    {
        if (result.Error is { } error) return $"**error**: {error}";
        if (result.IsKilled) return $"{result.KilledBy}: {result.Failure}".Replace('\n', ' ').Replace('|', '/');
        return result.Mutant.Equivalent is { } reason ? $"nothing to notice: {reason}" : "**survives**";
    }
}
