namespace StreamPipes.Benchmarks.Reports;

/// <summary>Bars in one or more panels, each with a scale of its own.</summary>
internal sealed record Chart(string Title, string Note, IReadOnlyList<ChartPanel> Panels);
