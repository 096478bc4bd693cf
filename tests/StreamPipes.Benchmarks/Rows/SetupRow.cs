using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>Connect, exchange one message, close in order.</summary>
internal sealed class SetupRow(Layers layers) : Row("setup", "connect, exchange 64 B, close", layers)
{
    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new Metric("time", Unit.Nanoseconds, IsSpeed: false),
        new Metric("allocated", Unit.Bytes, IsSpeed: false),
    ];

    public override Task<Run> OpenAsync(Contender contender) => Task.FromResult<Run>(new SetupRun(contender, IsTls));
}
