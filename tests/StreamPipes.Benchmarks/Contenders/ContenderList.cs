using StreamPipes.Benchmarks.Clients;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>All contenders, in the order of the tables.</summary>
internal static class ContenderList
{
    public const string DefaultMode = "sp";

    public static IReadOnlyList<Contender> All { get; } =
    [
        new RawContender(),
        new RawSocketContender(),
        new BlocksContender(),
        new BclContender(),
        new TextbookContender(),
        new Peers.UnofficialContender(),
        new Peers.NerdbankContender(),
        .. Modes(),
        new SocketPipesContender(),
        new ManyWritersContender("sp-shared", "StreamPipes, Default, SharedPipeWriter", isOurs: true, connection => new SharedClient(connection)),
        new ManyWritersContender("sp-channel", "StreamPipes, Default, a channel before it", isOurs: false, connection => new ChannelClient(connection)),
    ];

    /// <summary>Those named, and in any case those that ratios are to; all where none is named.</summary>
    public static IReadOnlyList<Contender> Select(IReadOnlyCollection<string> keys) =>
        [.. All.Where(contender => keys.Count == 0 || contender.IsReference || contender.IsMark || keys.Contains(contender.Key, StringComparer.OrdinalIgnoreCase))];

    public static Contender Named(string key) => All.Single(contender => string.Equals(contender.Key, key, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<Contender> Modes()
    {
        yield return new StreamPipesContender(DefaultMode, PumpScheduling.Default);
        yield return new StreamPipesContender("sp-inline", PumpScheduling.Inline);
        yield return new StreamPipesContender("sp-pool", PumpScheduling.ThreadPool);

        // By its name, so that an earlier build of the library can be measured as well.
        if (Enum.TryParse("DedicatedThreads", out PumpScheduling threads)) yield return new StreamPipesContender("sp-threads", threads);
    }
}
