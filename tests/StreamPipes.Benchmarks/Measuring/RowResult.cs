using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Rows;

namespace StreamPipes.Benchmarks.Measuring;

/// <summary>What was measured at a row: for every contender and round one value for each metric.</summary>
internal sealed class RowResult(Row row, IReadOnlyList<Contender> contenders)
{
    private readonly Dictionary<Contender, Dictionary<int, double[]>> _values = contenders.ToDictionary(contender => contender, _ => new Dictionary<int, double[]>());

    public Row Row => row;

    public IReadOnlyList<Contender> Contenders => contenders;

    /// <summary>Contenders that did not get through, and what stopped them.</summary>
    public Dictionary<Contender, string> Failures { get; } = [];

    public void Add(Contender contender, int round, double[] values) => _values[contender].Add(round, values);

    /// <summary>The values themselves.</summary>
    public Spread Values(Contender contender, int metric) => Spread.Of(_values[contender].Values.Select(values => values[metric]));

    /// <summary>The values as ratios, each to the reference's value of the same round.</summary>
    public Spread Ratios(Contender contender, int metric)
    {
        Contender reference = contenders.First(candidate => candidate.IsReference);
        return Ratios(reference, contender, metric, row.Metrics[metric].Ratio);
    }

    /// <summary>The cost of one contender through the least cost of some others in the same round.</summary>
    public Spread CostAgainst(IReadOnlyCollection<Contender> others, Contender contender, int metric) => Spread.Of(
        from mine in _values[contender]
        let theirs = others.Where(other => _values[other].ContainsKey(mine.Key)).Select(other => _values[other][mine.Key][metric]).ToArray()
        where theirs.Length > 0
        select mine.Value[metric] / theirs.Min());

    /// <summary>Every single value, for whoever wants to look behind the medians.</summary>
    public IEnumerable<(Contender Contender, int Round, int Metric, double Value)> Everything() =>
        from contender in contenders
        from round in _values[contender]
        from metric in Enumerable.Range(0, row.Metrics.Count)
        select (contender, round.Key, metric, round.Value[metric]);

    private Spread Ratios(Contender reference, Contender contender, int metric, Func<double, double, double> ratio) => Spread.Of(
        from round in _values[contender]
        where _values[reference].ContainsKey(round.Key)
        select ratio(_values[reference][round.Key][metric], round.Value[metric]));
}
