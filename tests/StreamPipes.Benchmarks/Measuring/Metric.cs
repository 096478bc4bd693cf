namespace StreamPipes.Benchmarks.Measuring;

/// <summary>One number that a visit yields. It is always a cost: less is better.</summary>
/// <param name="Name">What it is, short; empty where a row has only one.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="IsSpeed">Whether its ratio is told as a speed (the raw contender's cost through this one's) and not as a cost (the inverse).</param>
internal sealed record Metric(string Name, Unit Unit, bool IsSpeed)
{
    /// <summary>What makes a ratio of the raw contender's value and another's of the same round.</summary>
    public double Ratio(double raw, double value) => IsSpeed ? raw / value : value / raw;
}
