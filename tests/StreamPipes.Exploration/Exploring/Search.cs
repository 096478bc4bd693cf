using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Exploring;

/// <summary>
/// Runs a scenario again and again, depth first, until every choice within the bounds has been made, or the time is over. A state that has been
/// met before, with as much left of the bounds, is not branched from again.
/// </summary>
internal sealed class Search : IChooser
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>For executions that do not come to an end: EXPLORE_TRACE=1 has each keep its steps.</summary>
    private static readonly bool TracesAll = Environment.GetEnvironmentVariable("EXPLORE_TRACE") is not null;

    private readonly Func<Scenario> _create;
    private readonly IReadOnlyList<Field> _fields;
    private readonly Bounds _bounds;
    private readonly List<Option> _path = [];
    private readonly Dictionary<ulong, int> _visited = [];
    private int _position;
    private bool _isKnown;
    private int _replayed = -1;

    public Search(Func<Scenario> create, IReadOnlyList<Field> fields, Bounds bounds)
    {
        _create = create;
        _fields = fields;
        _bounds = bounds;
    }

    public long Executions { get; private set; }

    public long Steps { get; private set; }

    public long States => _visited.Count;

    public string? Failure { get; private set; }

    public IReadOnlyList<string> Trace { get; private set; } = [];

    /// <summary>How to repeat the failure.</summary>
    public string? Schedule { get; private set; }

    /// <returns>Whether everything within the bounds has been seen, or a failure.</returns>
    public bool Run(TimeSpan limit)
    {
        Stopwatch watch = Stopwatch.StartNew();
        do
        {
            Execution execution = Once(isTraced: TracesAll);
            if (execution.Failure is { } failure)
            {
                Failure = failure;
                Schedule = Encode();
                Trace = Repeat();
                return true;
            }

            if (execution.HasNewRace)
            {
                // Some choices were not seen before: from the beginning.
                _path.Clear();
                _visited.Clear();
            }
            else if (!Backtrack())
            {
                return true;
            }
        }
        while (watch.Elapsed < limit);
        return false;
    }

    /// <summary>Runs one schedule that has been printed before.</summary>
    public IReadOnlyList<string> Replay(string schedule)
    {
        string[] parts = schedule.Split('/');
        HashSet<string> racy = [.. parts[1].Split(',')];
        foreach (Field field in _fields) field.IsRacy = racy.Contains(field.Id.ToString(CultureInfo.InvariantCulture));
        _path.Clear();
        foreach (char digit in parts[2]) _path.Add(new Option(Digits.Length, Digits.IndexOf(digit, StringComparison.Ordinal)));
        return Repeat();
    }

    int IChooser.Choose(int options, ulong state, int preemptionsLeft, int oldReadsLeft)
    {
        if (_position < _path.Count)
        {
            Option option = _path[_position++];
            if (option.Options != options && _replayed < 0) throw new InvalidOperationException("The scenario is not deterministic: the same choices have led to another state.");
            return Math.Min(option.Chosen, options - 1);
        }

        if (_isKnown || _replayed >= 0) return 0;
        int left = (preemptionsLeft << 8) | oldReadsLeft;
        if (_visited.TryGetValue(state, out int before))
        {
            if ((before >> 8) >= preemptionsLeft && (before & 0xFF) >= oldReadsLeft)
            {
                _isKnown = true;
                return 0;
            }

            if ((before >> 8) <= preemptionsLeft && (before & 0xFF) <= oldReadsLeft) _visited[state] = left;
        }
        else
        {
            _visited.Add(state, left);
        }

        _path.Add(new Option(options, 0));
        _position++;
        return 0;
    }

    private List<string> Repeat()
    {
        _replayed = _path.Count;
        Execution execution = Once(isTraced: true);
        _replayed = -1;
        return execution.Trace!;
    }

    private Execution Once(bool isTraced)
    {
        _position = 0;
        _isKnown = false;
        Execution execution = new(this, _bounds, isTraced);
        execution.Run(_create);
        Executions++;
        Steps += execution.Steps;
        return execution;
    }

    private bool Backtrack()
    {
        while (_path.Count > 0)
        {
            Option last = _path[^1];
            if (last.Chosen + 1 < last.Options)
            {
                _path[^1] = last with { Chosen = last.Chosen + 1 };
                return true;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }

    private string Encode()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{_bounds.Preemptions}.{_bounds.OldReads}/");
        text.AppendJoin(',', _fields.Where(static field => field.IsRacy).Select(static field => field.Id)).Append('/');
        foreach (Option option in _path) text.Append(Digits[Math.Min(option.Chosen, Digits.Length - 1)]);
        return text.ToString();
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Option(int Options, int Chosen);
}
