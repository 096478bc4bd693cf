using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>Many callers share one connection: each takes its turn to send, and waits for its own reply.</summary>
internal sealed class CallersRow(int callers, int size, Layers layers) : Row("callers", $"{callers} callers, {size} B", layers)
{
    private const int CallsEach = 100;

    public override IReadOnlyList<Metric> Metrics { get; } = [new Metric("", Unit.Nanoseconds, IsSpeed: true)];

    public override bool Admits(Contender contender) => !contender.IsMark && Bears(contender);

    public override async Task<Run> OpenAsync(Contender contender)
    {
        Client client = contender.Open(await ConnectAsync(contender, new ThreadPeer(Serving.Echo)));
        return new CallersRun(client, new FixedReplies(callers, size), _ => new byte[size], callers, CallsEach, window: 1);
    }
}
