namespace StreamPipes.Benchmarks.Rows;

/// <summary>One contender at one row, with its connections.</summary>
internal abstract class Run : IAsyncDisposable
{
    /// <summary>Works for at least so long, and gives the cost of an operation for each metric of the row.</summary>
    public abstract Task<double[]> MeasureAsync(TimeSpan atLeast);

    public abstract ValueTask DisposeAsync();
}
