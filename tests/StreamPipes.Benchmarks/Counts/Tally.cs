using System.Diagnostics;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Rows;

namespace StreamPipes.Benchmarks.Counts;

/// <summary>What a row's traffic costs besides time, for one operation in steady state.</summary>
internal sealed record Tally(double AllocatedBytes, double WorkItems)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    public static async Task<Tally> OfAsync(Row row, Contender contender, long operations)
    {
        await using BatchRun run = (BatchRun)await row.OpenAsync(contender);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp) await run.BatchAsync();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long items = ThreadPool.CompletedWorkItemCount;
        long done = 0;
        while (done < operations)
        {
            await run.BatchAsync();
            done += run.Operations;
        }

        items = ThreadPool.CompletedWorkItemCount - items;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new Tally((double)allocated / done, (double)items / done);
    }
}
