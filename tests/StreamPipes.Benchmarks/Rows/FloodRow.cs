using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>Many small messages one way, each flushed.</summary>
internal sealed class FloodRow(int size, Layers layers, int scale = 1) : Row("flood", $"{size} B", layers)
{
    public const string GroupName = "flood";

    private const int BatchBytes = 16 * 1024 * 1024;
    private const int MaximumMessages = 20_000;

    private readonly int _messages = Math.Min(MaximumMessages, BatchBytes / size) * scale;

    public override IReadOnlyList<Metric> Metrics { get; } = [new Metric("", Unit.Nanoseconds, IsSpeed: true)];

    public override bool Admits(Contender contender) => !contender.IsForMany && Bears(contender);

    public override Task<Run> OpenAsync(Contender contender)
    {
        byte[] message = new byte[size];
        long bytes = (long)size * _messages;
        return ClientRun.OpenAsync(this, contender, new ThreadPeer(stream => Serving.Acknowledge(stream, bytes)), _messages, BatchAsync);

        async Task BatchAsync(Client client)
        {
            await client.SendAsync(message, _messages);
            await client.ReceiveAsync(1);
        }
    }
}
