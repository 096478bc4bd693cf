using System.Diagnostics;
using System.Net;
using System.Runtime;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Rows;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>
/// The process under test: connects, counts its first messages as a user meets them, lets the compiler come to rest, and then measures its own time and
/// processor time in a few visits.
/// </summary>
internal sealed class ApartWork(ApartRow row, Contender contender, IPEndPoint server)
{
    public const string Subject = "apart";

    private const int Visits = 3;
    private const int MethodsAtRest = 2;

    private static readonly TimeSpan MostWarmUp = TimeSpan.FromSeconds(60);

    private readonly ReadOnlyMemory<byte> _message = new byte[ApartRow.MessageSize];
    private readonly Histogram? _times = row is { Traffic: Traffic.Echo, Connections: 1 } ? new Histogram() : null;

    /// <param name="seconds">How long the compiler has at least; each visit lasts a quarter of that.</param>
    /// <returns>The sample, as a line.</returns>
    public async Task<string> RunAsync(double seconds)
    {
        List<Func<Task>> connections = [];
        List<Client> clients = [];
        for (int i = 0; i < row.Connections; i++)
        {
            Client client = contender.Open(await Link.OpenAsync(server, row.IsTls));
            clients.Add(client);
            connections.Add(Batch(client));
        }

        Func<Task> batch = row.Traffic == Traffic.FanOut ? () => FanOutAsync(clients) : () => Task.WhenAll(connections.Select(Task.Run));
        long perBatch = (long)row.Connections * row.BatchMessages;
        Sample first = await MeasureAsync(batch, perBatch, TimeSpan.FromSeconds(seconds / 8), atMost: 1_000_000);
        await WarmUpAsync(batch, perBatch, seconds);
        _times?.Clear();
        List<Sample> visits = [];
        for (int visit = 0; visit < Visits; visit++) visits.Add(await MeasureAsync(batch, perBatch, TimeSpan.FromSeconds(seconds / 4), long.MaxValue));
        double lent;
        using (LentWrites writes = new())
        {
            // By itself, since counting is not free.
            await batch();
            lent = writes.Share;
        }

        Sample sample = new(
            first.Wall,
            first.Cpu,
            Spread.Of(visits.Select(visit => visit.Wall)).Median,
            Spread.Of(visits.Select(visit => visit.Cpu)).Median,
            Spread.Of(visits.Select(visit => visit.Allocated)).Median,
            _times?.Percentile(0.5) ?? double.NaN,
            _times?.Percentile(0.99) ?? double.NaN,
            lent);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        return sample.ToLine();
    }

    /// <summary>
    /// Until the compiler rests: it has compiled next to nothing for as long as a visit takes. It works on a thread of its own, which on a busy machine gets its
    /// turn late, and what it costs would be counted as the contender's.
    /// </summary>
    private static async Task WarmUpAsync(Func<Task> batch, long perBatch, double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        await MeasureAsync(batch, perBatch, TimeSpan.FromSeconds(seconds), long.MaxValue);
        long compiled;
        do
        {
            compiled = JitInfo.GetCompiledMethodCount();
            await MeasureAsync(batch, perBatch, TimeSpan.FromSeconds(seconds / 4), long.MaxValue);
        }
        while (JitInfo.GetCompiledMethodCount() - compiled > MethodsAtRest && Stopwatch.GetElapsedTime(start) < MostWarmUp);
    }

    private static async Task<Sample> MeasureAsync(Func<Task> batch, long perBatch, TimeSpan atLeast, long atMost)
    {
        long messages = 0;
        long allocated = GC.GetTotalAllocatedBytes();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        TimeSpan wall;
        do
        {
            await batch();
            messages += perBatch;
            wall = Stopwatch.GetElapsedTime(start);
        }
        while (wall < atLeast && messages < atMost);

        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        return new Sample(0, 0, wall.TotalNanoseconds / messages, cpu.TotalNanoseconds / messages, (double)allocated / messages, double.NaN, double.NaN, double.NaN);
    }

    private Func<Task> Batch(Client client)
    {
        if (row.Traffic == Traffic.Callers)
        {
            CallersRun run = new(client, new FixedReplies(ApartRow.Callers, ApartRow.MessageSize), _ => _message, ApartRow.Callers, row.BatchMessages / ApartRow.Callers, window: 1);
            return run.BatchAsync;
        }

        return row.Traffic == Traffic.Flood ? FloodAsync : () => client.ExchangeAsync(_message, row.BatchMessages, _times);

        async Task FloodAsync()
        {
            await client.SendAsync(_message, row.BatchMessages);
            await client.ReceiveAsync(1);
        }
    }

    private async Task FanOutAsync(List<Client> clients)
    {
        for (int i = 0; i < row.BatchMessages; i++)
        {
            foreach (Client client in clients) await client.SendOneAsync(_message);
        }

        foreach (Client client in clients) await client.ReceiveAsync(1);
    }
}
