using System.Globalization;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Reports;

/// <summary>Makes tables and charts of timed rows: one of each for a group and its layers.</summary>
internal static class TimedSections
{
    public static IEnumerable<Section> Of(IEnumerable<RowResult> results) => results.GroupBy(result => result.Row.Table, StringComparer.Ordinal).Select(group => Of(group.Key, [.. group]));

    private static Section Of(string title, IReadOnlyList<RowResult> results)
    {
        Column[] columns = [.. results.SelectMany(result => result.Row.Metrics.Select((metric, index) => new Column(result, index)))];
        Contender[] contenders = [.. results[0].Contenders.Where(contender => results.All(result => !result.Failures.ContainsKey(contender)))];
        MarkdownTable table = new(["contender", .. columns.Select(column => column.Title)]);
        foreach (Contender contender in contenders) table.Add([contender.Name, .. columns.Select(column => column.Cell(contender))]);

        string text = $"{Meaning(columns)} Median of {columns[0].Rounds} rounds, quartiles; then the cost of one.\n\n{table}{string.Concat(columns.Select(Comparisons))}{string.Concat(results.Select(Failures))}";
        return new Section(title, text) { Chart = new Chart($"StreamPipes benchmarks: {title}", $"{Meaning(columns)} Bars are medians, whiskers quartiles.", [.. columns.Select(column => column.Panel(contenders))]) };
    }

    private static string Meaning(Column[] columns) => columns[0].Metric.IsSpeed
        ? "Speed against the raw stream in the same round: more is better."
        : "Cost against the raw stream in the same round: less is better.";

    /// <summary>The library's usual mode against the limit and against the best of the other adapters.</summary>
    private static string Comparisons(Column column)
    {
        RowResult result = column.Result;
        Contender? ours = Succeeded(result).FirstOrDefault(contender => string.Equals(contender.Key, ContenderList.DefaultMode, StringComparison.Ordinal));
        if (ours is null || column.Metric.Unit == Unit.Count) return "";
        string text = "";
        Contender[] marks = [.. Succeeded(result).Where(contender => contender.IsMark)];
        Contender[] peers = [.. Succeeded(result).Where(contender => contender.IsPeer)];
        if (marks.Length > 0) text += Line($"{column.Title}: {ours.Name} costs {Numbers.Ratio(result.CostAgainst(marks, ours, column.Index))} of the {marks[0].Name}");
        if (peers.Length > 0) text += Line($"{column.Title}: {ours.Name} costs {Numbers.Ratio(result.CostAgainst(peers, ours, column.Index))} of the cheapest of these: {string.Join(", ", peers.Select(peer => peer.Name))}");
        return text;
    }

    private static string Failures(RowResult result) => string.Concat(result.Failures.Select(failure => Line($"{result.Row.Name}: {failure.Key.Name} failed, {failure.Value}")));

    private static IEnumerable<Contender> Succeeded(RowResult result) => result.Contenders.Where(contender => !result.Failures.ContainsKey(contender));

    private static string Line(string text) => string.Create(CultureInfo.InvariantCulture, $"\n- {text}.");

    private sealed record Column(RowResult Result, int Index)
    {
        public Metric Metric => Result.Row.Metrics[Index];

        public int Rounds => Result.Values(Result.Contenders[0], Index).Count;

        public string Title => $"{Result.Row.Variant} {Metric.Name}".TrimEnd();

        public string Cell(Contender contender)
        {
            string cost = Numbers.Of(Result.Values(contender, Index).Median, Metric.Unit);
            return contender.IsReference ? cost : $"{Numbers.Ratio(Result.Ratios(contender, Index))}, {cost}";
        }

        public ChartPanel Panel(IEnumerable<Contender> contenders) => new(Title, [.. contenders.Select(Bar)]);

        private ChartBar Bar(Contender contender)
        {
            Spread ratios = Result.Ratios(contender, Index);
            return new ChartBar(contender.Name, ratios, $"{Numbers.Ratio(ratios.Median)}x", contender.ChartKind);
        }
    }
}
