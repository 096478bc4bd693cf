using System.Globalization;
using StreamPipes.Exploration.Building;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Exploration.Mutants;
using StreamPipes.Exploration.Reports;

namespace StreamPipes.Exploration;

/// <summary>What can be asked of the program.</summary>
internal static class CommandLine
{
    private const string Usage = """
        short [NAME]                 explores the litmus tests and the scenarios, each for some seconds; or those with that in their names
        long [NAME]                  the same, each for a minute
        mutants [NAME]               breaks the library in many ways, one at a time, and says which scenario notices
        trace NAME                   one scenario, with the steps of the failure
        replay NAME SCHEDULE         the steps of one schedule that was printed before
        untouched                    what concerns threads or memory and is not simulated
        """;

    public static int Run(string[] args)
    {
        string name = args.Length > 1 ? args[1] : "";
        AssertionListener.Install();
        switch (args.Length > 0 ? args[0] : "short")
        {
            case "short":
                return Explore(name, new Effort(TimeSpan.FromSeconds(4), 3), isTraced: false);
            case "long":
                return Explore(name, new Effort(TimeSpan.FromSeconds(60), 5), isTraced: false);
            case "trace":
                return Explore(name, new Effort(TimeSpan.FromSeconds(60), 4), isTraced: true);
            case "replay" when args.Length == 3:
                return Replay(name, args[2]);
            case "mutants":
                return Mutate(name);
            case "untouched":
                using (ExploredCode code = Build())
                {
                    foreach (string line in code.Untouched) Console.WriteLine(line);
                }

                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static ExploredCode Build()
    {
        (byte[] image, byte[] symbols) = new Compiler("StreamPipes.Explored", SourceTree.Explored()).Compile();
        return new ExploredCode(image, symbols);
    }

    private static int Explore(string name, Effort effort, bool isTraced)
    {
        using ExploredCode code = Build();
        ScenarioTable table = new(Console.Out);
        table.Begin();
        bool isGood = true;
        foreach (Type type in code.Scenarios.Where(type => type.Name.Contains(name, StringComparison.Ordinal)))
        {
            ScenarioResult result = Explorer.Explore(code, type, effort);
            isGood &= result.IsGood;
            table.Add(result);
            if (isTraced || !result.IsGood) table.AddTrace(result);
        }

        table.End();
        return isGood ? 0 : 1;
    }

    private static int Mutate(string name)
    {
        MutantRun run = new(new Compiler("StreamPipes.Explored", SourceTree.Explored()));
        foreach (string broken in run.FindUsable()) Console.WriteLine($"{broken} fails on the library as it is, and takes no part.");
        MutantTable table = new(Console.Out);
        table.Begin();
        foreach (Mutant mutant in MutantList.All.Where(mutant => mutant.Id.Contains(name, StringComparison.Ordinal))) table.Add(run.Judge(mutant));
        return table.End() ? 0 : 1;
    }

    private static int Replay(string name, string schedule)
    {
        using ExploredCode code = Build();
        Type type = code.Scenarios.First(type => string.Equals(type.Name, name, StringComparison.Ordinal));
        int[] bounds = [.. schedule.Split('/')[0].Split('.').Select(static number => int.Parse(number, CultureInfo.InvariantCulture))];
        Func<Scenario> create = code.Begin(type);
        foreach (string line in new Search(create, code.Fields, new Bounds(bounds[0], bounds[1])).Replay(schedule)) Console.WriteLine(line);
        return 0;
    }
}
