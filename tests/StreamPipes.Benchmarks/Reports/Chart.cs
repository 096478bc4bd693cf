namespace StreamPipes.Benchmarks.Reports;

/// <summary>Bars in one or more panels.</summary>
internal sealed record Chart(string Title, string Note, IReadOnlyList<ChartPanel> Panels)
{
    /// <summary>Whether all panels show the same quantity and share one scale; otherwise each has its own.</summary>
    public bool HasOneScale { get; init; }
}
