namespace StreamPipes.Tests.Faults;

/// <summary>What the oracle says about a case.</summary>
internal sealed record FaultPrediction(FaultFinale Finale, bool LivesOn, FaultOutcome Outcome);
