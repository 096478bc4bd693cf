using System.Diagnostics;
using StreamPipes.Exploration.Building;

namespace StreamPipes.Exploration.Exploring;

/// <summary>Explores a scenario with one bound after the other, the smallest first: what fails, fails with the shortest story.</summary>
internal static class Explorer
{
    public static ScenarioResult Explore(ExploredCode code, Type scenario, Effort effort)
    {
        ScenarioResult result = new(scenario);
        Stopwatch watch = Stopwatch.StartNew();
        for (int most = 0; most <= effort.MostPreemptions && watch.Elapsed < effort.Limit; most++)
        {
            Func<Scenario> create = code.Begin(scenario);
            Bounds bounds = new(most, Math.Max(1, Math.Min(most, 3)));
            Search search = new(create, code.Fields, bounds);
            bool isWhole = search.Run(effort.Limit - watch.Elapsed);
            result.Add(search, bounds, isWhole, [.. code.Fields.Where(static field => field.IsRacy).Select(static field => field.Name)]);
            if (search.Failure is not null) break;
        }

        result.Elapsed = watch.Elapsed;
        return result;
    }
}
