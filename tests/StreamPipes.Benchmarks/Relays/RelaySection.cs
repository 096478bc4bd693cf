using System.Diagnostics;
using System.Globalization;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Reports;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>Relays that take TLS off, beside each other: the processor time of their processes, and how they pass ends on. Clients and server are in this process.</summary>
internal static class RelaySection
{
    private const double Megabyte = 1024 * 1024;
    private const int BulkClients = 4;
    private const int Dialogues = 50;

    public static async Task<Section> MakeAsync(int passes, double seconds, bool isQuick)
    {
        using RelayFiles files = new();
        using RelayServer server = new();
        RelayProgram[] programs = [.. RelayProgram.All.Where(static program => program.Obstacle is null)];
        Dictionary<RelayProgram, List<RelaySample>> samples = programs.ToDictionary(static program => program, static _ => new List<RelaySample>());
        for (int pass = 0; pass < passes; pass++)
        {
            for (int turn = 0; turn < programs.Length; turn++)
            {
                RelayProgram program = programs[(turn + pass) % programs.Length];
                await using RelayProcess relay = await RelayProcess.StartAsync(program, files, server.EndPoint);
                samples[program].Add(await MeasureAsync(relay, seconds, isQuick));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  pass {pass + 1} of {passes}: {program.Key} {samples[program][^1]}"));
            }
        }

        return new Section("Relays: TLS in, plain out", $"{Costs(programs, samples, passes)}\n{await EndsAsync(programs, files)}{Obstacles()}") { Values = [.. SingleValues(samples)] };
    }

    private static async Task<RelaySample> MeasureAsync(RelayProcess relay, double seconds, bool isQuick)
    {
        RelayLoad load = new(relay.EndPoint);
        long bulk = (long)((isQuick ? 8 : 128) * Megabyte);
        int messages = isQuick ? 200 : 4_000;
        TimeSpan time = TimeSpan.FromSeconds(isQuick ? 0.2 : seconds);

        // Everything once before it counts: a compiler may have its time, too.
        await load.SendAsync(BulkClients, bulk);
        await load.ReceiveAsync(BulkClients, bulk);
        await load.EchoAsync(Dialogues, messages);
        await load.ConnectAsync(Environment.ProcessorCount * 2, time);

        double megabytes = BulkClients * bulk / Megabyte;
        double sent = await CpuAsync(() => load.SendAsync(BulkClients, bulk)) / megabytes;
        double received = await CpuAsync(() => load.ReceiveAsync(BulkClients, bulk)) / megabytes;
        double message = await CpuAsync(() => load.EchoAsync(Dialogues, messages)) / (Dialogues * messages);
        int connections = 0;
        long start = Stopwatch.GetTimestamp();
        double connecting = await CpuAsync(async () => connections = await load.ConnectAsync(Environment.ProcessorCount * 2, time));
        return new RelaySample(sent, received, message, connecting / connections, connections / Stopwatch.GetElapsedTime(start).TotalSeconds);

        async Task<double> CpuAsync(Func<Task> work)
        {
            TimeSpan before = relay.Cpu;
            await work();
            return (relay.Cpu - before).TotalNanoseconds;
        }
    }

    private static string Costs(IReadOnlyList<RelayProgram> programs, Dictionary<RelayProgram, List<RelaySample>> samples, int passes)
    {
        MarkdownTable table = new("relay", "a MB from the client", "a MB to the client", "round trip of 64 B", "connection", "connections a second");
        RelayProgram? reference = programs.FirstOrDefault(static program => program.IsReference);
        foreach (RelayProgram program in programs)
        {
            table.Add(
                program.Name,
                Cell(static sample => sample.In, static value => Numbers.Of(value, Unit.Nanoseconds)),
                Cell(static sample => sample.Out, static value => Numbers.Of(value, Unit.Nanoseconds)),
                Cell(static sample => sample.Message, static value => Numbers.Of(value, Unit.Nanoseconds)),
                Cell(static sample => sample.Connection, static value => Numbers.Of(value, Unit.Nanoseconds)),
                Cell(static sample => sample.Rate, static value => Numbers.Of(value, Unit.Count)));

            string Cell(Func<RelaySample, double> value, Func<double, string> text)
            {
                string absolute = text(Spread.Of(samples[program].Select(value)).Median);
                if (reference is null) return absolute;
                double[] ratios = [.. samples[program].Zip(samples[reference], (one, other) => value(one) / value(other))];
                return $"{absolute}, {Numbers.Ratio(Spread.Of(ratios).Median)}x ({Numbers.Ratio(ratios.Min())} to {Numbers.Ratio(ratios.Max())})";
            }
        }

        return $"""
            Processor time of the relay's process; the median of {passes} passes, each in a fresh process, with its ratio to {reference?.Name ?? "none"} in the same pass and the range of that.

            {table}
            """;
    }

    private static async Task<string> EndsAsync(IReadOnlyList<RelayProgram> programs, RelayFiles files)
    {
        MarkdownTable table = new(["relay", .. RelayEnds.Cases]);
        using RelayEnds ends = new();
        foreach (RelayProgram program in programs) table.Add([program.Name, .. await ends.TryAsync(program, files)]);
        return $"How ends are passed on (nothing: within 5 s):\n\n{table}";
    }

    private static string Obstacles() => string.Concat(RelayProgram.All.Where(static program => program.Obstacle is not null).Select(static program => $"\n{program.Name} was left out: {program.Obstacle}."));

    private static IEnumerable<string> SingleValues(Dictionary<RelayProgram, List<RelaySample>> samples) =>
    [
        "relay;pass;in ns;out ns;message ns;connection ns;connections a second",
        .. from program in samples
           from one in program.Value.Select(static (sample, pass) => (Sample: sample, Pass: pass))
           select string.Create(CultureInfo.InvariantCulture, $"{program.Key.Key};{one.Pass + 1};{one.Sample.In};{one.Sample.Out};{one.Sample.Message};{one.Sample.Connection};{one.Sample.Rate}"),
    ];
}
