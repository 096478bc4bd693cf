using System.Text;

namespace StreamPipes.Benchmarks.Reports;

/// <summary>A table: the first column is text, the others are numbers.</summary>
internal sealed class MarkdownTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        StringBuilder text = new();
        Append(text, headings);
        Append(text, headings.Select((_, column) => column == 0 ? "---" : "---:"));
        foreach (string[] row in _rows) Append(text, row);
        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
}
