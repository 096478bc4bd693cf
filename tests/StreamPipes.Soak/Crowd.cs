using System.Collections.Concurrent;

namespace StreamPipes.Soak;

/// <summary>Keeps every slot busy with one connection after the other until the time is up, and watches that each gets on.</summary>
internal sealed class Crowd(SoakOptions options, Listeners listeners, Meters meters, Tally tally)
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Ramp = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentDictionary<int, Exchange> _running = new();
    private readonly int[] _rounds = new int[options.Slots];

    /// <summary>Ends when the last connection that began in time has ended, or one of them is stuck.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        using CancellationTokenSource timeIsUp = new(duration);
        using CancellationTokenSource allEnded = new();
        Task slots = Task.WhenAll(Enumerable.Range(0, options.Slots).Select(slot => RunSlotAsync(slot, timeIsUp.Token)));
        Task watch = WatchAsync(allEnded.Token);
        await Task.WhenAny(slots, watch);
        await allEnded.CancelAsync();
        await watch;
    }

    /// <summary>One connection again, some times.</summary>
    public async Task ReplayAsync(int slot, int round)
    {
        for (int i = 0; i < 20; i++) await RunOneAsync(slot, round).WaitAsync(options.StallLimit);
    }

    private async Task RunSlotAsync(int slot, CancellationToken timeIsUp)
    {
        // One after the other, so that the handshakes do not come all at once.
        await Task.Delay(Ramp * slot, CancellationToken.None);
        while (!timeIsUp.IsCancellationRequested) await RunOneAsync(slot, _rounds[slot]++);
    }

    private async Task RunOneAsync(int slot, int round)
    {
        Exchange exchange = new(Plan.Make(options, slot, round), meters, tally);
        _running[slot] = exchange;
        try
        {
            await exchange.RunAsync(listeners);
        }
        catch (Exception exception)
        {
            // Whatever it is, it has no business here. It is counted, and the others go on.
            tally.Failed($"{exchange}{Environment.NewLine}  {exception}");
        }
        finally
        {
            _running.TryRemove(slot, out _);
        }
    }

    private async Task WatchAsync(CancellationToken allEnded)
    {
        while (!allEnded.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(WatchPeriod, allEnded));
            Exchange[] stuck = [.. _running.Values.Where(exchange => exchange.Silence > options.StallLimit)];
            foreach (Exchange exchange in stuck) tally.Failed($"stalled for {exchange.Silence.TotalSeconds:F0} s: {exchange}");
            if (stuck.Length > 0) return;
        }
    }
}
