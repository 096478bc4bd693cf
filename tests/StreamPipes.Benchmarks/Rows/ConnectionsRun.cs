using System.Diagnostics;
using StreamPipes.Benchmarks.Clients;

namespace StreamPipes.Benchmarks.Rows;

internal sealed class ConnectionsRun(Client[] clients) : Run
{
    private const int RoundTrips = 4_000;

    private readonly byte[] _message = new byte[64];

    public override async Task<double[]> MeasureAsync(TimeSpan atLeast)
    {
        List<double> costs = [];
        foreach (int number in ConnectionsRow.Numbers) costs.Add(await MeasureAsync(number));
        return [.. costs, .. costs.Skip(1).Select(cost => cost / costs[0])];
    }

    public override async ValueTask DisposeAsync() => await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));

    private async Task<double> MeasureAsync(int number)
    {
        // More round trips where they go side by side, so that each number is timed for about as long.
        int each = Math.Max(10, RoundTrips * (1 + (int)Math.Log10(number)) / number);
        await ExchangeAsync(number, Math.Max(2, each / 10));
        long start = Stopwatch.GetTimestamp();
        await ExchangeAsync(number, each);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)each * number);
    }

    private Task ExchangeAsync(int number, int count) => Task.WhenAll(clients.Take(number).Select(client => Task.Run(() => client.ExchangeAsync(_message, count, times: null))));
}
