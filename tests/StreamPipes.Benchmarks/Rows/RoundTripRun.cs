using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

internal sealed class RoundTripRun(Client client, int size, int roundTrips) : BatchRun(roundTrips)
{
    private readonly byte[] _message = new byte[size];
    private readonly Histogram _times = new();

    public override Task BatchAsync() => client.ExchangeAsync(_message, roundTrips, _times);

    public override async Task<double[]> MeasureAsync(TimeSpan atLeast)
    {
        _times.Clear();

        // The rare slow round trips need more of them than a median does.
        return await base.MeasureAsync(2 * atLeast);
    }

    public override ValueTask DisposeAsync() => client.DisposeAsync();

    protected override double[] Result(double nanoseconds) => [_times.Percentile(0.5), _times.Percentile(0.99)];
}
