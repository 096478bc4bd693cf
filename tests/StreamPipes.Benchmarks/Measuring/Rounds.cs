using System.Diagnostics;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Rows;

namespace StreamPipes.Benchmarks.Measuring;

/// <summary>
/// Measures a row: every contender has its turn in every round, and the order rotates from round to round, so that neither the machine's mood nor
/// a neighbour's left-overs favour anybody.
/// </summary>
internal sealed class Rounds(Pace pace)
{
    private const int FewestRounds = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // On a slow or busy machine a row has fewer rounds, so that the whole stays bounded.
    private static readonly TimeSpan RowLimit = TimeSpan.FromSeconds(30);

    public async Task<RowResult> MeasureAsync(Row row, IEnumerable<Contender> contenders)
    {
        RowResult result = new(row, [.. contenders.Where(row.Admits)]);
        await row.StartAsync();
        try
        {
            await MeasureAsync(result);
        }
        finally
        {
            await row.StopAsync();
        }

        return result;
    }

    private async Task MeasureAsync(RowResult result)
    {
        Dictionary<Contender, Run> runs = [];
        foreach (Contender contender in result.Contenders)
        {
            await AttemptAsync(result, contender, async () => runs.Add(contender, await result.Row.OpenAsync(contender)));
        }

        long start = Stopwatch.GetTimestamp();
        for (int round = -Pace.WarmUps; round < pace.Rounds; round++)
        {
            if (round >= FewestRounds && Stopwatch.GetElapsedTime(start) > RowLimit) break;
            for (int turn = 0; turn < result.Contenders.Count; turn++)
            {
                Contender contender = result.Contenders[(turn + round + Pace.WarmUps) % result.Contenders.Count];
                if (result.Failures.ContainsKey(contender)) continue;
                GC.Collect();
                double[] values = [];
                bool isMeasured = await AttemptAsync(result, contender, async () => values = await runs[contender].MeasureAsync(pace.Visit));
                if (isMeasured && round >= 0) result.Add(contender, round, values);
            }
        }

        foreach ((Contender contender, Run run) in runs) await AttemptAsync(result, contender, () => run.DisposeAsync().AsTask());
    }

    private static async Task<bool> AttemptAsync(RowResult result, Contender contender, Func<Task> work)
    {
        try
        {
            await work().WaitAsync(Limit);
            return true;
        }
        catch (Exception exception)
        {
            // One contender's failure is a result, told in the report; the others go on.
            result.Failures.TryAdd(contender, $"{exception.GetType().Name}: {exception.Message}");
            return false;
        }
    }
}
