using System.Globalization;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Rows;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>One kind of traffic over so many connections.</summary>
internal sealed record ApartRow(Traffic Traffic, int Connections, bool IsTls)
{
    public const int MessageSize = 64;

    /// <summary>As many connections may have threads of their own, of a contender or of the peer.</summary>
    public const int MostThreads = 32;

    /// <summary>How many callers share a connection.</summary>
    public const int Callers = 50;

    public static IReadOnlyList<ApartRow> All { get; } =
    [
        new(Traffic.Flood, 1, IsTls: true),
        new(Traffic.Flood, 1, IsTls: false),
        new(Traffic.Flood, 16, IsTls: true),
        new(Traffic.Echo, 1, IsTls: true),
        new(Traffic.Echo, 1, IsTls: false),
        new(Traffic.Echo, 256, IsTls: true),
        new(Traffic.Echo, 256, IsTls: false),
        new(Traffic.Callers, 1, IsTls: true),
        new(Traffic.Callers, 1, IsTls: false),
        new(Traffic.FanOut, 200, IsTls: true),
        new(Traffic.FanOut, 200, IsTls: false),
    ];

    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{Traffic.ToString().ToLowerInvariant()} 64 B {(IsTls ? "TLS" : "plain")}, {Connections} connection{(Connections == 1 ? "" : "s")}");

    /// <summary>The row as a heading.</summary>
    public string Title
    {
        get
        {
            string over = IsTls ? "over TLS" : "plain";
            string connections = Connections == 1 ? "1 connection" : string.Create(CultureInfo.InvariantCulture, $"{Connections} connections");
            return Traffic switch
            {
                Traffic.Flood => $"Flood of 64 B messages {over}, {connections}",
                Traffic.Callers => string.Create(CultureInfo.InvariantCulture, $"{Callers} callers of one connection, 64 B {over}"),
                Traffic.FanOut => $"Lone messages of 64 B to {connections}, {over}",
                _ => $"Echo of 64 B {over}, {connections}",
            };
        }
    }

    /// <summary>How many messages each connection has in a batch, which ends when the peer has answered.</summary>
    public int BatchMessages => Traffic switch
    {
        Traffic.Flood => 20_000,
        Traffic.FanOut => 20,
        Traffic.Callers => Callers * 20,
        _ => Math.Max(8, 2_000 / Connections),
    };

    /// <summary>Whom all are divided by: in a flood the same bytes in 32 KiB writes, elsewhere the raw stream.</summary>
    public bool IsReference(Contender contender) => Traffic == Traffic.Flood ? contender.IsMark : contender.IsReference;

    /// <summary>Whether a contender has a part in it.</summary>
    public bool Admits(Contender contender) =>
        (!contender.IsMark || Traffic == Traffic.Flood) && (!contender.IsForMany || Traffic == Traffic.Callers) && !(contender.NeedsSocket && IsTls) &&
        !(contender.HoldsThreads && Connections > MostThreads);

    /// <summary>The row's number, for the command line of a child.</summary>
    public static int IndexOf(ApartRow row) => All.TakeWhile(other => other != row).Count();

    public static IReadOnlyList<ApartRow> Select(IReadOnlyCollection<string> texts) => [.. All.Where(row => RowWords.Mean(texts, row.Name))];
}
