using System.Diagnostics;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>
/// A run made of batches. A batch is the same work for every contender and ends when the peer has acknowledged its last byte; a visit repeats it
/// until it has lasted long enough to be timed well.
/// </summary>
internal abstract class BatchRun(long operations) : Run
{
    /// <summary>How many operations a batch has.</summary>
    public long Operations => operations;

    public abstract Task BatchAsync();

    public override async Task<double[]> MeasureAsync(TimeSpan atLeast)
    {
        // The first batch after the other contenders' turns wakes threads and fills caches.
        await BatchAsync();
        long batches = 0;
        long start = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            await BatchAsync();
            batches++;
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < atLeast);

        return Result(elapsed.TotalNanoseconds / (batches * operations));
    }

    protected virtual double[] Result(double nanoseconds) => [nanoseconds];
}
