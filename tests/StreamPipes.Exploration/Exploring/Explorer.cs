using System.Diagnostics;
using StreamPipes.Exploration.Building;

namespace StreamPipes.Exploration.Exploring;

/// <summary>Explores a scenario with one bound after the other, the smallest first: what fails, fails with the shortest story.</summary>
internal static class Explorer
{
    private static readonly Bounds[] Steps = [new(0, 0), new(1, 0), new(0, 1), new(1, 1), new(2, 0), new(2, 1), new(2, 2), new(3, 1), new(3, 3), new(4, 3), new(5, 3)];

    public static ScenarioResult Explore(ExploredCode code, Type scenario, Effort effort)
    {
        ScenarioResult result = new(scenario);
        Stopwatch watch = Stopwatch.StartNew();
        foreach (Bounds bounds in Steps)
        {
            if (bounds.Preemptions > effort.MostPreemptions || watch.Elapsed >= effort.Limit) break;
            Func<Scenario> create = code.Begin(scenario);
            Search search = new(create, code.Fields, bounds);
            bool isWhole = search.Run(effort.Limit - watch.Elapsed);
            result.Add(search, bounds, isWhole, [.. code.Fields.Where(static field => field.IsRacy).Select(static field => field.Name)]);
            if (search.Failure is not null) break;
        }

        result.Elapsed = watch.Elapsed;
        return result;
    }
}
