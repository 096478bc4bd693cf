namespace StreamPipes.Exploration.Mutants;

/// <summary>One way in which the library could be wrong.</summary>
/// <param name="Id">Its name in the table.</param>
/// <param name="Breaks">What is wrong with it.</param>
/// <param name="Scenarios">The beginnings of the names of the scenarios that are expected to notice.</param>
/// <param name="Edits">What is changed.</param>
internal sealed record Mutant(string Id, string Breaks, string Scenarios, params Edit[] Edits)
{
    /// <summary>Why none can notice it, if so.</summary>
    public string? Equivalent { get; init; }
}
