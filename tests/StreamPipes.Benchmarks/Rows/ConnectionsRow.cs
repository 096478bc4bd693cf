using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Processes;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>
/// Round trips on 1, 10, 100 and 1,000 connections at once: what one costs, and how much more that is than on one connection. The ratio of the
/// growth is growth against the raw stream's own growth. The peers are in another process.
/// </summary>
internal sealed class ConnectionsRow(Layers layers) : Row("connections", "64 B", layers)
{
    public static readonly int[] Numbers = [1, 10, 100, 1000];

    private PeerProcess? _peers;

    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        .. Numbers.Select(number => new Metric(FormattableString.Invariant($"on {number:N0}"), Unit.Nanoseconds, IsSpeed: false)),
        .. Numbers.Skip(1).Select(number => new Metric(FormattableString.Invariant($"growth to {number:N0}"), Unit.Count, IsSpeed: false)),
    ];

    public override async Task StartAsync() => _peers = await PeerProcess.StartAsync(PeerProcess.EchoSubject, IsTls ? bool.TrueString : bool.FalseString);

    public override ValueTask StopAsync() => _peers!.DisposeAsync();

    public override async Task<Run> OpenAsync(Contender contender)
    {
        Client[] clients = new Client[Numbers[^1]];
        for (int i = 0; i < clients.Length; i++) clients[i] = contender.Open(await Link.OpenAsync(_peers!.EndPoint, IsTls));
        return new ConnectionsRun(clients);
    }
}
