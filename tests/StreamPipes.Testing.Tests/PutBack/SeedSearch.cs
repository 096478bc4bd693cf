using StreamPipes.Testing.Tests.PutBack.Scenarios;

namespace StreamPipes.Testing.Tests.PutBack;

/// <summary>Runs a scenario with many seeds, on the library that this very copy of the assembly has been loaded with. What goes in and out is of the framework.</summary>
internal static class SeedSearch
{
    /// <param name="scenario">The name of its class.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <returns>The first seed that fails, how, and the message; <see langword="null"/> if none does.</returns>
    public static (int Seed, string Failure, string Message)? FindFailure(string scenario, int firstSeed, int count)
    {
        Scenario run = (Scenario)Activator.CreateInstance(typeof(SeedSearch).Assembly.GetType(scenario, throwOnError: true)!)!;
        try
        {
            VirtualNetwork.RunMany(firstSeed, count, run.RunAsync, run.Options);
            return null;
        }
        catch (VirtualRunException failed)
        {
            return (failed.Seed, failed.Failure.ToString(), failed.Message);
        }
    }
}
