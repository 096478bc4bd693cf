namespace StreamPipes.Benchmarks.Reports;

/// <summary>A part of the report.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Text">Its Markdown.</param>
internal sealed record Section(string Title, string Text)
{
    /// <summary>The chart that goes with it, if any.</summary>
    public Chart? Chart { get; init; }

    /// <summary>Every single value, as lines of a table.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The title as a file's name.</summary>
    public string Slug => string.Join('-', Title.ToLowerInvariant().Split([' ', ',', ';', '\'', ':', '`', '='], StringSplitOptions.RemoveEmptyEntries));
}
