using System.Globalization;
using System.Text;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Processes;
using StreamPipes.Benchmarks.Reports;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>A row under a condition: in each pass every contender has a fresh process, in an order that rotates.</summary>
internal sealed class ApartSection(ApartRow row, Condition condition, IReadOnlyList<Contender> contenders, int passes, double seconds)
{
    private const int FewestPasses = 6;

    /// <summary>In a chart; what costs more would leave nothing to see of the others.</summary>
    private const double LargestBar = 15;

    private readonly Contender[] _contenders = [.. contenders.Where(row.Admits)];
    private readonly Dictionary<Contender, List<Sample>> _samples = [];
    private readonly Dictionary<Contender, string> _failures = [];

    private bool HasTimes => row is { Traffic: Traffic.Echo, Connections: 1 };

    private Contender Reference => Array.Find(_contenders, row.IsReference)!;

    public async Task<Section> MeasureAsync()
    {
        foreach (Contender contender in _contenders) _samples.Add(contender, []);
        await using PeerProcess peer = await PeerProcess.StartAsync(ApartPeer.Subject, Index());
        string port = peer.EndPoint.Port.ToString(CultureInfo.InvariantCulture);

        // The peer's compiler has its time too: the first process is not counted.
        await Child.RunAsync(Command(Reference, port));
        using (condition.Begin())
        {
            for (int pass = 0; pass < passes; pass++) await PassAsync(pass, port);
        }

        string title = $"{row.Title}; {condition.Name}";
        return new Section(title, Report()) { Chart = Chart(title), Values = [.. SingleValues()] };
    }

    private async Task PassAsync(int pass, string port)
    {
        for (int turn = 0; turn < _contenders.Length; turn++)
        {
            Contender contender = _contenders[(turn + pass) % _contenders.Length];
            if (_failures.ContainsKey(contender)) continue;
            try
            {
                _samples[contender].Add(Sample.Parse(await Child.RunAsync(condition.Wrap(Command(contender, port)))));
            }
            catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or FormatException)
            {
                // One contender's failure is a result, told in the report; the others run on.
                _failures.Add(contender, exception.Message);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  pass {pass + 1} of {passes}: {string.Join(", ", _contenders.Where(one => _samples[one].Count > 0).Select(Last))}"));

        string Last(Contender one) => $"{one.Key} {Numbers.Of(_samples[one][^1].Wall, Unit.Nanoseconds)}/{Numbers.Of(_samples[one][^1].Cpu, Unit.Nanoseconds)}";
    }

    private IReadOnlyList<string> Command(Contender contender, string port) =>
        Child.Command(ApartWork.Subject, Index(), contender.Key, port, seconds.ToString(CultureInfo.InvariantCulture));

    private string Index() => ApartRow.IndexOf(row).ToString(CultureInfo.InvariantCulture);

    private string Report()
    {
        MarkdownTable table = new(["contender", "time", "processor time", "time, ratio", "processor time, ratio", "the first messages, processor time", "allocated", "writes on the caller's thread", .. HasTimes ? (string[])["median, ratio", "p99, ratio"] : []]);
        foreach (Contender contender in _contenders)
        {
            if (_failures.TryGetValue(contender, out string? failure))
            {
                table.Add([contender.Name, failure, .. Enumerable.Repeat("", HasTimes ? 8 : 6)]);
                continue;
            }

            table.Add(
            [
                contender.Name,
                Absolute(contender, sample => sample.Wall),
                Absolute(contender, sample => sample.Cpu),
                Ratio(contender, sample => sample.Wall),
                Ratio(contender, sample => sample.Cpu),
                Absolute(contender, sample => sample.FirstCpu),
                Numbers.Of(Spread.Of(_samples[contender].Select(sample => sample.Allocated)).Median, Unit.Bytes),
                Lent(contender),
                .. HasTimes ? (string[])[Ratio(contender, sample => sample.P50), Ratio(contender, sample => sample.P99)] : [],
            ]);
        }

        return $"""
            For a message; the median of {passes} passes and the range of all. Ratios are to "{Reference.Name}" in the same pass.

            {table}
            {Claims()}
            """;
    }

    /// <summary>Against the best peer: only where no pass of the one reaches any of the other.</summary>
    private string Claims()
    {
        StringBuilder text = new();
        foreach (Contender ours in _contenders.Where(contender => contender.IsOurs && _samples[contender].Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {ours.Name}: {Claim(ours, "time", sample => sample.Wall)}; {Claim(ours, "processor time", sample => sample.Cpu)}.").AppendLine();
        }

        return text.ToString();
    }

    private string Claim(Contender ours, string what, Func<Sample, double> value)
    {
        Contender? best = _contenders.Where(contender => contender.IsPeer && _samples[contender].Count > 0).MinBy(contender => Spread.Of(Ratios(contender, value)).Median);
        if (best is null) return $"{what}: there is no peer";
        double[] mine = [.. Ratios(ours, value)];
        double[] theirs = [.. Ratios(best, value)];
        if (mine.Length < FewestPasses) return $"{what}: no claim by fewer than {FewestPasses} passes";
        string factor = $"{Numbers.Ratio(Spread.Of(theirs).Median / Spread.Of(mine).Median)}x as good as {best.Name}";
        if (mine.Max() < theirs.Min()) return $"{what} {factor}, the ranges apart";
        return theirs.Max() < mine.Min() ? $"{what} **worse**: {factor}, the ranges apart" : $"{what} {factor}, but the ranges overlap: no claim";
    }

    private string Absolute(Contender contender, Func<Sample, double> value)
    {
        double[] values = [.. _samples[contender].Select(value)];
        return $"{Numbers.Of(Spread.Of(values).Median, Unit.Nanoseconds)} ({Numbers.Of(values.Min(), Unit.Nanoseconds)} to {Numbers.Of(values.Max(), Unit.Nanoseconds)})";
    }

    private string Ratio(Contender contender, Func<Sample, double> value)
    {
        double[] ratios = [.. Ratios(contender, value)];
        return ratios.Length == 0 ? "" : $"{Numbers.Ratio(Spread.Of(ratios).Median)}x ({Numbers.Ratio(ratios.Min())} to {Numbers.Ratio(ratios.Max())})";
    }

    private Chart? Chart(string title)
    {
        Contender[] measured = [.. _contenders.Where(contender => _samples[contender].Count > 0)];
        if (!measured.Contains(Reference)) return null;
        Contender[] drawn = [.. measured.Where(contender => Spread.Of(Ratios(contender, sample => sample.Wall)).Median <= LargestBar && Spread.Of(Ratios(contender, sample => sample.Cpu)).Median <= LargestBar)];
        int left = measured.Length - drawn.Length;
        string note = $"Against {Reference.Name}; less is better. Medians and ranges of {passes} passes.{(left > 0 ? string.Create(CultureInfo.InvariantCulture, $" Not drawn: {left} above {LargestBar:0}x.") : "")}";
        return new Chart(title, note, [Panel("time", drawn, sample => sample.Wall), Panel("processor time of the process", drawn, sample => sample.Cpu)]) { HasOneScale = true };
    }

    private ChartPanel Panel(string title, IEnumerable<Contender> contenders, Func<Sample, double> value) => new(title, [.. contenders.Select(contender => Bar(contender, value))]);

    private ChartBar Bar(Contender contender, Func<Sample, double> value)
    {
        double[] ratios = [.. Ratios(contender, value)];
        double median = Spread.Of(ratios).Median;
        string text = $"{Numbers.Ratio(median)}x, {Numbers.Of(Spread.Of(_samples[contender].Select(value)).Median, Unit.Nanoseconds)}";
        return new ChartBar(contender.Name, new Spread(ratios.Min(), median, ratios.Max(), ratios.Length), text, contender.ChartKind);
    }

    private IEnumerable<string> SingleValues() =>
    [
        "contender;pass;first ns;first cpu ns;ns;cpu ns;bytes;p50 ns;p99 ns;lent",
        .. from contender in _contenders
           from one in _samples[contender].Select((sample, pass) => (Sample: sample, Pass: pass))
           select string.Create(CultureInfo.InvariantCulture, $"{contender.Key};{one.Pass + 1};{one.Sample.ToLine().Replace(' ', ';')}"),
    ];

    private string Lent(Contender contender)
    {
        double[] shares = [.. _samples[contender].Select(sample => sample.Lent).Where(share => !double.IsNaN(share))];
        return shares.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Spread.Of(shares).Median * 100:0} %");
    }

    private IEnumerable<double> Ratios(Contender contender, Func<Sample, double> value) => _samples[contender].Zip(_samples[Reference], (one, reference) => value(one) / value(reference));
}
