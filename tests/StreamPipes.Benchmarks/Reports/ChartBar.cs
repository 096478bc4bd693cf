using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Reports;

/// <param name="Label">Whose bar it is.</param>
/// <param name="Spread">Its length, and the whisker's ends.</param>
/// <param name="Text">What stands behind it.</param>
/// <param name="Kind">A style: raw, mark, other or ours.</param>
internal sealed record ChartBar(string Label, Spread Spread, string Text, string Kind);
