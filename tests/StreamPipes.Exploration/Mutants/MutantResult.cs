namespace StreamPipes.Exploration.Mutants;

/// <summary>What has become of a mutant.</summary>
/// <param name="Mutant">It.</param>
/// <param name="Error">Why it could not be judged: its text is not there any more, or it does not compile.</param>
/// <param name="KilledBy">The scenario that has noticed.</param>
/// <param name="Failure">How.</param>
/// <param name="Elapsed">How long that took.</param>
internal sealed record MutantResult(Mutant Mutant, string? Error, string? KilledBy, string? Failure, TimeSpan Elapsed)
{
    public bool IsKilled => KilledBy is not null;

    /// <summary>Whether it is as it should be: noticed, or known to be none.</summary>
    public bool IsGood => Error is null && (IsKilled || Mutant.Equivalent is not null);
}
