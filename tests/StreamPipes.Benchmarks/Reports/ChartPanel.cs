namespace StreamPipes.Benchmarks.Reports;

internal sealed record ChartPanel(string Title, IReadOnlyList<ChartBar> Bars);
