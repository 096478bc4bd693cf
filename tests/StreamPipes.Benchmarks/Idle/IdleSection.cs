using System.Globalization;
using System.Net;
using System.Runtime;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Processes;
using StreamPipes.Benchmarks.Reports;

namespace StreamPipes.Benchmarks.Idle;

/// <summary>What a connection costs on which nothing happens.</summary>
internal static class IdleSection
{
    public const string Subject = "idle";

    private const int Connections = 10_000;
    private const int FewConnections = 500;

    // With the first message the peer's session tickets come, and an SslStream that meets them keeps its buffer for a while.
    private const int Messages = 5;

    public static async Task<Section> MakeAsync(IReadOnlyList<Contender> contenders, bool isQuick)
    {
        int connections = isQuick ? FewConnections : Connections;
        MarkdownTable table = new("contender", "managed heap", "above raw", "working set", "above raw", "working set of the process");
        (double Heap, double Set)? raw = null;
        foreach (Contender contender in contenders.Where(contender => !contender.IsMark && !contender.NeedsSocket && !contender.HoldsThreads))
        {
            using PeerServer server = new(() => new PoolPeer(), tls: true);
            string answer = await Child.RunAsync(ChildMain.Command(Subject, contender, tls: true, server.EndPoint, connections));
            double[] values = [.. answer.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
            raw ??= (values[0], values[1]);
            string[] cells =
            [
                contender.Name,
                Numbers.Of(values[0], Unit.Bytes), Numbers.Of(values[0] - raw.Value.Heap, Unit.Bytes),
                Numbers.Of(values[1], Unit.Bytes), Numbers.Of(values[1] - raw.Value.Set, Unit.Bytes),
                Numbers.Of(values[2], Unit.Bytes),
            ];
            table.Add(cells);
            Console.WriteLine($"  idle: {string.Join(" | ", cells)}");
        }

        return new Section(
            "Idle TLS connections",
            string.Create(CultureInfo.InvariantCulture, $"""
            For each of {connections:N0} connections, the clients' ends only; a fresh process for each contender, after a full collection. Each connection has exchanged {Messages} messages and waits for
            the next: the raw SslStream with an empty read, the others with a read of their pipe. The working set has the TLS engine's native memory in it.

            {table}
            """));
    }

    /// <summary>The child's part: it prints heap and working set for one connection, and the working set of all.</summary>
    public static async Task<string> WorkAsync(Contender contender, IPEndPoint server, bool tls, int connections)
    {
        byte[] message = new byte[64];
        List<Client> clients = new(connections);
        Task[] waiting = new Task[connections];
        await AddAsync();
        long heap = Heap();
        long set = Environment.WorkingSet;
        while (clients.Count < connections) await AddAsync();
        long heapOfAll = Heap() - heap;
        long setOfAll = Environment.WorkingSet - set;
        int added = connections - 1;
        GC.KeepAlive(waiting);
        return string.Create(CultureInfo.InvariantCulture, $"{(double)heapOfAll / added} {(double)setOfAll / added} {Environment.WorkingSet}");

        async Task AddAsync()
        {
            Client client = contender.Open(await Link.OpenAsync(server, tls));
            await client.ExchangeAsync(message, Messages, times: null);
            waiting[clients.Count] = client.WaitAsync();
            clients.Add(client);
        }
    }

    private static long Heap()
    {
        for (int i = 0; i < 3; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
