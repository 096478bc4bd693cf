using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Reports;

/// <summary>Everything that was measured, as Markdown, as charts and as single values.</summary>
internal sealed class Report(string[] arguments)
{
    private readonly List<Section> _sections = [];
    private readonly List<RowResult> _results = [];

    public void Add(IEnumerable<RowResult> results)
    {
        _results.AddRange(results);
        _sections.AddRange(TimedSections.Of(_results));
    }

    public void Add(Section section) => _sections.Add(section);

    public string ToMarkdown(bool withCharts)
    {
        StringBuilder text = new();
        text.AppendLine("# Measured").AppendLine().AppendLine(Machine());
        foreach (Section section in _sections)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {section.Title}").AppendLine();
            if (withCharts && section.Chart is not null) text.AppendLine(CultureInfo.InvariantCulture, $"![{section.Title}]({section.Slug}.svg)").AppendLine();
            text.AppendLine(section.Text.TrimEnd());
        }

        return text.ToString();
    }

    public async Task WriteAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), ToMarkdown(withCharts: true));
        foreach (Section section in _sections)
        {
            if (section.Chart is not null) await File.WriteAllTextAsync(Path.Combine(folder, $"{section.Slug}.svg"), SvgChart.Draw(section.Chart));
            if (section.Values.Count > 0) await File.WriteAllLinesAsync(Path.Combine(folder, $"{section.Slug}.csv"), section.Values);
        }

        if (_results.Count > 0) await File.WriteAllLinesAsync(Path.Combine(folder, "rounds.csv"), SingleValues());
    }

    private IEnumerable<string> SingleValues() =>
    [
        "row;contender;round;metric;unit;value",
        .. from result in _results
           from one in result.Everything()
           let metric = result.Row.Metrics[one.Metric]
           select string.Create(CultureInfo.InvariantCulture, $"{result.Row.Name};{one.Contender.Key};{one.Round};{metric.Name};{metric.Unit};{one.Value}"),
    ];

    private string Machine()
    {
        string library = typeof(PipeConnection).Assembly.GetName().Version?.ToString() ?? "";
        string command = string.Join(' ', arguments.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument));
        return $"""
            - {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}
            - {Environment.ProcessorCount} processors, {Processor()}
            - StreamPipes {library}; {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}; options: {(command.Length == 0 ? "none" : command)}
            """;
    }

    private static string Processor()
    {
        const string Linux = "/proc/cpuinfo";
        string? line = File.Exists(Linux) ? File.ReadLines(Linux).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? "of a kind that was not found out" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
