using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>A request, its answer, the next request. Each round trip is timed by itself.</summary>
internal sealed class RoundTripRow(int size, Layers layers, int roundTrips = 2_000) : Row("roundtrip", $"{size} B", layers)
{
    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new Metric("median", Unit.Nanoseconds, IsSpeed: false),
        new Metric("p99", Unit.Nanoseconds, IsSpeed: false),
    ];

    public override async Task<Run> OpenAsync(Contender contender) =>
        new RoundTripRun(contender.Open(await ConnectAsync(contender, new ThreadPeer(Serving.Echo))), size, roundTrips);
}
