using System.Globalization;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks;

/// <summary>The command line.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        Benchmarks of StreamPipes. Without arguments everything but --micro is measured, in about 15 minutes.

          --rows A,B         only timed rows whose names have all words of one of these: flood, TLS, "flood 64 TLS", "bulk 16", ...
          --contenders A,B   only these contenders, and those that ratios are to
          --rounds N         rounds per row
          --visit MS         how long a contender's turn lasts at least
          --counts           allocation, work items, calls of the inner stream, system calls
          --starved          the first byte while no thread of the pool is free
          --idle             memory of 10,000 idle TLS connections
          --apart            rows of their own, with the peer in another process: time and processor time of the process under test, in passes of fresh
                             processes; hours for everything, so name rows
          --conditions A,B   of those: idle (default), busy, one (processor), quota; or with a variable of the runtime: inline, nospin, nopgo
          --passes N         of those, and of the relays: how often each has a process; 6 by default
          --seconds S        of those: how long the compiler has in each process at least; of the relays: how long clients connect; 4 by default
          --relays           programs that take TLS off and pass everything on: ours, HAProxy, stunnel, nginx; 20 minutes
          --micro            single operations, by BenchmarkDotNet
          --quick            few and short rounds, small numbers: whether it works, not how fast it is
          --list             the names of the rows and of the contenders
          --out DIR          writes report.md, charts as SVG and every single value as CSV
        """;

    public IReadOnlyList<string> Rows { get; private set; } = [];

    public IReadOnlyList<string> Contenders { get; private set; } = [];

    public IReadOnlyList<string> Conditions { get; private set; } = [];

    public int Passes { get; private set; } = 6;

    public double Seconds { get; private set; } = 4;

    private HashSet<Part> Parts { get; } = [];

    public Pace Pace { get; private set; } = Pace.Usual;

    public bool IsQuick { get; private set; }

    public bool IsList { get; private set; }

    public string? OutputFolder { get; private set; }

    /// <summary>Whether a part is to be measured: those named, and if none is, all but the longest.</summary>
    public bool Includes(Part part) => Parts.Count == 0 ? part is not (Part.Micro or Part.Apart or Part.Relays) : Parts.Contains(part);

    /// <exception cref="FormatException">The arguments are not understood.</exception>
    public static BenchmarkOptions Parse(string[] arguments)
    {
        BenchmarkOptions options = new();
        Queue<string> rest = new(arguments);
        bool hasRows = false;
        int? rounds = null;
        TimeSpan? visit = null;
        while (rest.TryDequeue(out string? name))
        {
            switch (name)
            {
                case "--rows":
                    options.Rows = Texts();
                    hasRows = true;
                    break;
                case "--contenders": options.Contenders = Texts(); break;
                case "--rounds": rounds = int.Parse(Value(), CultureInfo.InvariantCulture); break;
                case "--visit": visit = TimeSpan.FromMilliseconds(double.Parse(Value(), CultureInfo.InvariantCulture)); break;
                case "--counts": options.Parts.Add(Part.Counts); break;
                case "--starved": options.Parts.Add(Part.Starved); break;
                case "--idle": options.Parts.Add(Part.Idle); break;
                case "--apart": options.Parts.Add(Part.Apart); break;
                case "--conditions": options.Conditions = Texts(); break;
                case "--passes": options.Passes = int.Parse(Value(), CultureInfo.InvariantCulture); break;
                case "--seconds": options.Seconds = double.Parse(Value(), CultureInfo.InvariantCulture); break;
                case "--relays": options.Parts.Add(Part.Relays); break;
                case "--micro": options.Parts.Add(Part.Micro); break;
                case "--quick": options.IsQuick = true; break;
                case "--list": options.IsList = true; break;
                case "--out": options.OutputFolder = Value(); break;
                default: throw new FormatException($"'{name}' is no option.");
            }

            string Value() => rest.TryDequeue(out string? value) ? value : throw new FormatException($"{name} needs a value.");
            string[] Texts() => Value().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }

        if (hasRows && !options.Parts.Contains(Part.Apart)) options.Parts.Add(Part.Rows);
        Pace pace = options.IsQuick ? Pace.Quick : Pace.Usual;
        options.Pace = new Pace(rounds ?? pace.Rounds, visit ?? pace.Visit);
        return options;
    }
}
