using System.Diagnostics;
using StreamPipes.Exploration.Building;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Mutants;

/// <summary>Breaks the library in one way after the other, and explores the scenarios until one notices.</summary>
internal sealed class MutantRun
{
    // The expected scenarios have most of the time; the others a little, for what was not expected.
    private static readonly Effort Expected = new(TimeSpan.FromSeconds(5), MostPreemptions: 3);
    private static readonly Effort Unexpected = new(TimeSpan.FromSeconds(1), MostPreemptions: 1);

    private readonly Compiler _compiler;
    private readonly HashSet<string> _usable = new(StringComparer.Ordinal);

    public MutantRun(Compiler compiler) => _compiler = compiler;

    /// <summary>A scenario that fails on the library as it is can notice nothing.</summary>
    public IReadOnlyList<string> FindUsable()
    {
        List<string> broken = [];
        (byte[] image, byte[] symbols) = _compiler.Compile();
        using ExploredCode code = new(image, symbols);
        foreach (Type scenario in code.Scenarios.Where(static type => !type.IsDefined(typeof(RefutedAttribute), inherit: false) && !type.IsDefined(typeof(KnownAttribute), inherit: false) && type.Namespace!.EndsWith(".Scenarios", StringComparison.Ordinal)))
        {
            if (Explorer.Explore(code, scenario, Unexpected).IsGood) _usable.Add(scenario.Name);
            else broken.Add(scenario.Name);
        }

        return broken;
    }

    public MutantResult Judge(Mutant mutant)
    {
        Stopwatch watch = Stopwatch.StartNew();
        if (Apply(mutant, out Dictionary<string, string> changed) is { } mismatch) return new MutantResult(mutant, Error: mismatch, KilledBy: null, Failure: null, watch.Elapsed);
        try
        {
            (byte[] image, byte[] symbols) = _compiler.Compile(changed);
            using ExploredCode code = new(image, symbols);
            string[] expected = mutant.Scenarios.Split(',');
            List<Type> scenarios = [.. code.Scenarios.Where(type => _usable.Contains(type.Name))];
            IEnumerable<(Type Scenario, Effort Effort)> order = scenarios.Where(IsExpected).Select(static type => (type, Unexpected))
                .Concat(mutant.Equivalent is null ? scenarios.Where(IsExpected).Select(static type => (type, Expected)) : [])
                .Concat(mutant.Equivalent is null ? scenarios.Where(type => !IsExpected(type)).Select(static type => (type, Unexpected)) : []);
            foreach ((Type scenario, Effort effort) in order)
            {
                if (Explorer.Explore(code, scenario, effort).Failure is { } failure) return new MutantResult(mutant, Error: null, scenario.Name, failure, watch.Elapsed);
            }

            bool IsExpected(Type type) => Array.Exists(expected, start => type.Name.StartsWith(start, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is CompilationException or TimeoutException)
        {
            return new MutantResult(mutant, Error: e.Message.Split('\n')[..Math.Min(3, e.Message.Split('\n').Length)].Aggregate(static (one, other) => one + " " + other), KilledBy: null, Failure: null, watch.Elapsed);
        }

        return new MutantResult(mutant, Error: null, KilledBy: null, Failure: null, watch.Elapsed);
    }

    /// <returns>What does not fit.</returns>
    private static string? Apply(Mutant mutant, out Dictionary<string, string> changed)
    {
        changed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Edit edit in mutant.Edits)
        {
            string file = Path.Combine(SourceTree.Library, edit.File);
            if (!File.Exists(file)) return $"there is no {edit.File}";
            string text = changed.GetValueOrDefault(file) ?? File.ReadAllText(file);
            int found = text.Split(edit.Old).Length - 1;
            if (found != 1) return $"{edit.File} has the text {found} times: {edit.Old.Split('\n')[0].Trim()}";
            changed[file] = text.Replace(edit.Old, edit.New, StringComparison.Ordinal);
        }

        return null;
    }
}
