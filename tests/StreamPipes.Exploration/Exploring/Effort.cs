namespace StreamPipes.Exploration.Exploring;

/// <summary>How much is done for each scenario.</summary>
/// <param name="Limit">The time for all bounds together.</param>
/// <param name="MostPreemptions">The largest bound that is tried.</param>
internal sealed record Effort(TimeSpan Limit, int MostPreemptions);
