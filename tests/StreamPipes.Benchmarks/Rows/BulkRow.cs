using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>Large blocks: out to the peer, in from it, or both at once while the peer echoes.</summary>
internal sealed class BulkRow(int size, BulkDirection direction, Layers layers) : Row("bulk", $"{size / 1024} KiB {Word(direction)}", layers)
{
    private const int BatchBytes = 16 * 1024 * 1024;

    private readonly int _blocks = BatchBytes / size;

    public override IReadOnlyList<Metric> Metrics { get; } = [new Metric("", Unit.Nanoseconds, IsSpeed: true)];

    public override Task<Run> OpenAsync(Contender contender)
    {
        byte[] block = new byte[size];
        return ClientRun.OpenAsync(this, contender, new ThreadPeer(Serve), _blocks, Batch);

        void Serve(Stream stream)
        {
            if (direction == BulkDirection.Out) Serving.Acknowledge(stream, BatchBytes);
            else if (direction == BulkDirection.In) Serving.SendOnRequest(stream, block, _blocks);
            else Serving.Echo(stream);
        }

        Task Batch(Client client) => direction switch
        {
            BulkDirection.Out => OutAsync(client, block),
            BulkDirection.In => InAsync(client),
            _ => Task.WhenAll(client.SendAsync(block, _blocks), client.ReceiveAsync(BatchBytes)),
        };
    }

    private static string Word(BulkDirection direction) => direction switch
    {
        BulkDirection.Out => "out",
        BulkDirection.In => "in",
        _ => "both ways",
    };

    private static async Task InAsync(Client client)
    {
        await client.SendAsync(new byte[1], 1);
        await client.ReceiveAsync(BatchBytes);
    }

    private async Task OutAsync(Client client, byte[] block)
    {
        await client.SendAsync(block, _blocks);
        await client.ReceiveAsync(1);
    }
}
