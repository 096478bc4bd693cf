using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Reports;
using StreamPipes.Benchmarks.Rows;

namespace StreamPipes.Benchmarks.Counts;

/// <summary>Allocated bytes and work items of the thread pool.</summary>
internal static class TallySection
{
    private const int Operations = 100_000;
    private const int Blocks = 16 * 1024;
    private const int BlockSize = 16 * 1024;
    private const int BlocksPerMegabyte = 1024 * 1024 / BlockSize;

    public static async Task<Section> MakeAsync(IReadOnlyList<Contender> contenders, bool isQuick)
    {
        int operations = isQuick ? Operations / 10 : Operations;
        Layers[] both = [Layers.Plain, Layers.Tls];
        MarkdownTable table = new(
            "contender",
            "B a message, plain", "B a message, TLS",
            "B a round trip, plain", "B a round trip, TLS",
            "work items a round trip, plain", "work items a round trip, TLS",
            "B a MB both ways, plain", "B a MB both ways, TLS");
        foreach (Contender contender in Subjects(contenders))
        {
            List<string> cells = [contender.Name];
            Tally[] messages = await EachAsync(both, layers => new FloodRow(64, layers, scale: isQuick ? 1 : 5), contender, operations);
            Tally[] trips = await EachAsync(both, layers => new RoundTripRow(64, layers, operations / 4), contender, operations);
            Tally[] blocks = await EachAsync(both, layers => new BulkRow(BlockSize, BulkDirection.Both, layers), contender, isQuick ? Blocks / 8 : Blocks);
            cells.AddRange(messages.Select(tally => Cell(tally.AllocatedBytes)));
            cells.AddRange(trips.Select(tally => Cell(tally.AllocatedBytes)));
            cells.AddRange(trips.Select(tally => Cell(tally.WorkItems)));
            cells.AddRange(blocks.Select(tally => Cell(tally.AllocatedBytes * BlocksPerMegabyte)));
            table.Add([.. cells]);
            Console.WriteLine($"  counted: {string.Join(" | ", cells)}");
        }

        return new Section(
            "Allocation and work items",
            $"""
            Of the whole process in steady state, the peer included: its thread blocks and allocates nothing. At least {operations:N0} messages of 64 B and
            as many round trips; blocks of 16 KiB that are sent and received at the same time. A batch itself allocates a few hundred bytes, which is what values
            such as 0.01 are.

            {table}
            """);
    }

    private static IEnumerable<Contender> Subjects(IReadOnlyList<Contender> contenders) =>
        contenders.Where(contender => !contender.IsMark).Concat(contenders.Where(contender => contender.CanCompose && !contender.IsReference).Select(contender => new ComposedContender(contender)));

    private static async Task<Tally[]> EachAsync(Layers[] layers, Func<Layers, Row> make, Contender contender, long operations)
    {
        List<Tally> tallies = [];
        foreach (Row row in layers.Select(make))
        {
            if (row.Admits(contender)) tallies.Add(await Tally.OfAsync(row, contender, operations));
            else tallies.Add(new Tally(double.NaN, double.NaN));
        }

        return [.. tallies];
    }

    private static string Cell(double value) => double.IsNaN(value) ? "" : Numbers.Of(value, Unit.Count);
}
