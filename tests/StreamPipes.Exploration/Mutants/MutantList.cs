namespace StreamPipes.Exploration.Mutants;

/// <summary>All of them.</summary>
internal static class MutantList
{
    public static IReadOnlyList<Mutant> All { get; } = [.. QueueMutants.All, .. WaitMutants.All, .. SignalMutants.All, .. StateMutants.All, .. PumpMutants.All, .. StreamMutants.All, .. SharedWriteMutants.All];
}
