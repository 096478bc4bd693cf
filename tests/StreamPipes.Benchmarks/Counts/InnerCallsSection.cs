using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Reports;

namespace StreamPipes.Benchmarks.Counts;

/// <summary>The calls that reach the innermost stream: under TLS that is the one below the SslStream.</summary>
internal static class InnerCallsSection
{
    private const int WarmUps = 30;
    private const int Times = 31;

    public static async Task<Section> MakeAsync(IReadOnlyList<Contender> contenders)
    {
        MarkdownTable table = new(
            "contender",
            "1,000 messages of 64 B, plain: writes", "reads", "flushes",
            "TLS: writes", "reads", "flushes",
            "64 KiB in one flush, plain: writes",
            "TLS: writes");
        foreach (Contender contender in contenders.Where(contender => !contender.NeedsSocket))
        {
            string[] cells =
            [
                contender.Name,
                .. await CountAsync(contender, 64, 1000, tls: false),
                .. await CountAsync(contender, 64, 1000, tls: true),
                (await CountAsync(contender, 64 * 1024, 1, tls: false))[0],
                (await CountAsync(contender, 64 * 1024, 1, tls: true))[0],
            ];
            table.Add(cells);
            Console.WriteLine($"  counted: {string.Join(" | ", cells)}");
        }

        return new Section(
            "Calls of the inner stream",
            $"""
            Medians of {Times} times, the acknowledgement by the peer included. The counting stream is of a kind that the library does not know, so it is never written to
            on a caller's thread, and on it (plain) there are no empty reads. Empty reads are not counted.

            {table}
            """);
    }

    private static async Task<string[]> CountAsync(Contender contender, int size, int count, bool tls)
    {
        byte[] message = new byte[size];
        Link transport = await Link.DialAsync(new ThreadPeer(stream => Serving.Acknowledge(stream, (long)size * count)), tls);
        CountingStream counting = new(transport.Stream);
        await using Client client = contender.Open(tls ? await transport.SecureAsync(counting) : transport.Through(counting));
        List<(int Writes, int Reads, int Flushes)> counts = [];
        for (int i = 0; i < WarmUps + Times; i++)
        {
            counting.Take();
            await client.SendAsync(message, count);
            await client.ReceiveAsync(1);
            if (i >= WarmUps) counts.Add(counting.Take());
        }

        return [Median(counts.Select(one => one.Writes)), Median(counts.Select(one => one.Reads)), Median(counts.Select(one => one.Flushes))];
    }

    private static string Median(IEnumerable<int> counts) => Numbers.Of(Spread.Of(counts.Select(count => (double)count)).Median, Unit.Count);
}
