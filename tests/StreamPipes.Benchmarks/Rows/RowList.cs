namespace StreamPipes.Benchmarks.Rows;

/// <summary>All timed rows, in the order of the tables.</summary>
internal static class RowList
{
    private static readonly Layers[] Both = [Layers.Plain, Layers.Tls];
    private static readonly int[] FloodSizes = [32, 64, 512, 4096];
    private static readonly int[] BulkSizes = [16 * 1024, 1024 * 1024];
    private static readonly int[] LineLengths = [32, 128, 512, 2048, 8192];

    public static IReadOnlyList<Row> All { get; } =
    [
        .. from layers in Both from size in FloodSizes select new FloodRow(size, layers),
        new FloodRow(64, Layers.Stacked),
        .. from layers in Both select new RoundTripRow(64, layers),
        new RoundTripRow(64, Layers.Stacked),
        .. from layers in Both select new CallersRow(50, 64, layers),
        .. from layers in Both from size in BulkSizes from direction in Enum.GetValues<BulkDirection>() select new BulkRow(size, direction, layers),
        new BulkRow(16 * 1024, BulkDirection.Both, Layers.Stacked),
        .. from layers in Both from length in LineLengths select new LinesRow(length, layers),
        .. from layers in Both select new RedisRow(layers),
        .. from layers in Both select new SetupRow(layers),
        .. from layers in Both select new ConnectionsRow(layers),
    ];

    /// <summary>Rows that run through most of the code before anything is timed, so that it is compiled as it will stay.</summary>
    public static IReadOnlyList<Row> WarmUp { get; } =
    [
        .. from layers in Both select new FloodRow(64, layers),
        .. from layers in Both select new RoundTripRow(64, layers),
    ];

    /// <summary>The rows that one of the texts means, all if there are none.</summary>
    public static IReadOnlyList<Row> Select(IReadOnlyCollection<string> texts) => [.. All.Where(row => RowWords.Mean(texts, row.Name))];
}
