using StreamPipes.Fuzzing.Frames;
using StreamPipes.Fuzzing.Parsers;
using StreamPipes.Fuzzing.Replay;
using StreamPipes.Fuzzing.Tls;

namespace StreamPipes.Fuzzing;

/// <summary>All targets, the slow ones first: two are fuzzed at a time.</summary>
public static class Targets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
        [new TlsTarget(), new ReplayTarget(), new FramesTarget(), new RespTarget(), new SpopTarget(), new NetstringTarget(), new LineTarget(), new ProxyTarget()];

    public static FuzzTarget Find(string name) => All.FirstOrDefault(target => string.Equals(target.Name, name, StringComparison.Ordinal))
        ?? throw new ArgumentException($"There is no target {name}, but {string.Join(", ", All.Select(target => target.Name))}.", nameof(name));
}
