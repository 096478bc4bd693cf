using System.Diagnostics;
using System.Globalization;
using System.Net;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Processes;
using StreamPipes.Benchmarks.Reports;

namespace StreamPipes.Benchmarks.Starved;

/// <summary>How long a byte takes to its reader while no thread of the pool is free.</summary>
internal static class StarvedSection
{
    public const string Subject = "starved";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // Long enough that the reader waits already, wherever it comes from.
    private static readonly TimeSpan Thought = TimeSpan.FromMilliseconds(20);

    public static async Task<Section> MakeAsync(IReadOnlyList<Contender> contenders, bool isQuick)
    {
        int times = isQuick ? 1 : 3;
        MarkdownTable table = new("contender", "plain", "TLS");
        foreach (Contender contender in contenders.Where(contender => !contender.IsMark))
        {
            List<string> cells = [contender.Name];
            foreach (bool tls in (bool[])[false, true])
            {
                if (tls && contender.NeedsSocket) cells.Add("");
                else cells.Add(await MeasureAsync(contender, tls, times));
            }

            table.Add([.. cells]);
            Console.WriteLine($"  starved: {string.Join(" | ", cells)}");
        }

        return new Section(
            "First byte with a starved pool",
            $"""
            Every thread of the pool is blocked, and so is each that the pool adds. Then a thread that is not of the pool sends 64 B, the peer answers after {Thought.TotalMilliseconds:0} ms,
            which are taken off, and the clock stops when the answer has been read, on whatever thread the contender goes on. Each time in a fresh process; median and range of {times}. Given up after {Limit.TotalSeconds:0} s.

            {table}
            """);
    }

    /// <summary>The child's part: it prints milliseconds.</summary>
    public static async Task<string> WorkAsync(Contender contender, IPEndPoint server, bool tls)
    {
        byte[] message = new byte[64];
        Client client = contender.Open(await Link.OpenAsync(server, tls));
        await client.ExchangeAsync(message, 20, times: null);

        // On a thread of its own: this one may be the contender's, who has it read and must not be kept.
        TaskCompletionSource<TimeSpan> time = new();
        new Thread(() => time.SetResult(TimeStarved(client, message))) { IsBackground = true, Name = "starved" }.Start();
        return (await time.Task).TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
    }

    private static TimeSpan TimeStarved(Client client, byte[] message)
    {
        using PoolBlock block = new();
        return TimeExchange(client, message);
    }

    private static TimeSpan TimeExchange(Client client, byte[] message)
    {
        ManualResetEventSlim hasCome = new();
        long start = Stopwatch.GetTimestamp();
        _ = ExchangeAsync();
        return hasCome.Wait(Limit + Thought) ? Stopwatch.GetElapsedTime(start) - Thought : Limit;

        async Task ExchangeAsync()
        {
            await client.ExchangeAsync(message, 1, times: null);
            hasCome.Set();
        }
    }

    private static async Task<string> MeasureAsync(Contender contender, bool tls, int times)
    {
        using PeerServer server = new(() => new ThreadPeer(stream => Serving.Echo(stream, Thought)), tls);
        List<double> values = [];
        for (int i = 0; i < times; i++)
        {
            string answer = await Child.RunAsync(ChildMain.Command(Subject, contender, tls, server.EndPoint, 1));
            values.Add(double.Parse(answer, CultureInfo.InvariantCulture) * 1e6);
        }

        string median = Numbers.Of(Spread.Of(values).Median, Unit.Nanoseconds);
        if (values.Min() >= Limit.TotalNanoseconds) return $"more than {Limit.TotalSeconds:0} s";
        return $"{median} ({Numbers.Of(values.Min(), Unit.Nanoseconds)} to {Numbers.Of(values.Max(), Unit.Nanoseconds)})";
    }
}
