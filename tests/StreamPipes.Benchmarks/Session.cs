using System.Diagnostics;
using StreamPipes.Benchmarks.Apart;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Counts;
using StreamPipes.Benchmarks.Idle;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Micro;
using StreamPipes.Benchmarks.Relays;
using StreamPipes.Benchmarks.Reports;
using StreamPipes.Benchmarks.Rows;
using StreamPipes.Benchmarks.Starved;

namespace StreamPipes.Benchmarks;

/// <summary>One run of the program: measures what was asked for, telling how far it is, and reports.</summary>
internal sealed class Session(BenchmarkOptions options, string[] arguments)
{
    private readonly IReadOnlyList<Contender> _contenders = ContenderList.Select(options.Contenders);
    private readonly Report _report = new(arguments);
    private readonly long _start = Stopwatch.GetTimestamp();

    public async Task RunAsync()
    {
        if (options.Includes(Part.Rows)) await MeasureRowsAsync();
        if (options.Includes(Part.Counts))
        {
            await AddAsync("counts: allocation", () => TallySection.MakeAsync(_contenders, options.IsQuick));
            await AddAsync("counts: calls of the inner stream", () => InnerCallsSection.MakeAsync(_contenders));
            await AddAsync("counts: system calls", () => SystemCallsSection.MakeAsync(_contenders));
        }

        if (options.Includes(Part.Starved)) await AddAsync("starved pool", () => StarvedSection.MakeAsync(_contenders, options.IsQuick));
        if (options.Includes(Part.Idle)) await AddAsync("idle connections", () => IdleSection.MakeAsync(_contenders, options.IsQuick));
        if (options.Includes(Part.Apart)) await MeasureApartAsync();
        if (options.Includes(Part.Relays)) await AddAsync("relays", () => RelaySection.MakeAsync(options.Passes, options.Seconds, options.IsQuick));
        if (options.Includes(Part.Micro)) await AddAsync("micro", () => Task.FromResult(MicroSection.Make(options.IsQuick)));

        Console.WriteLine();
        Console.WriteLine(_report.ToMarkdown(withCharts: false));
        if (options.OutputFolder is null) return;
        await _report.WriteAsync(options.OutputFolder);
        Console.WriteLine($"written to {Path.GetFullPath(options.OutputFolder)}");
    }

    private async Task MeasureRowsAsync()
    {
        Rounds rounds = new(options.Pace);
        List<RowResult> results = [];
        Tell("warming up");
        foreach (Row row in RowList.WarmUp) await new Rounds(Pace.WarmUp).MeasureAsync(row, _contenders);

        IReadOnlyList<Row> rows = RowList.Select(options.Rows);
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Obstacle is string obstacle)
            {
                Tell($"{rows[i].Name}: skipped, {obstacle}");
                continue;
            }

            Tell($"row {i + 1} of {rows.Count}: {rows[i].Name}");
            RowResult result = await rounds.MeasureAsync(rows[i], _contenders);
            results.Add(result);
            Console.WriteLine(Progress.Of(result));
        }

        _report.Add(results);
    }

    private async Task MeasureApartAsync()
    {
        foreach (Condition condition in Condition.Select(options.Conditions))
        {
            if (condition.Obstacle is string obstacle)
            {
                Tell($"{condition.Name}: skipped, {obstacle}");
                continue;
            }

            foreach (ApartRow row in ApartRow.Select(options.Rows))
            {
                ApartSection section = new(row, condition, _contenders, options.IsQuick ? 1 : options.Passes, options.IsQuick ? 0.2 : options.Seconds);
                await AddAsync($"{row.Name}, {condition.Name}", section.MeasureAsync);
            }
        }
    }

    private async Task AddAsync(string what, Func<Task<Section>> make)
    {
        Tell(what);
        _report.Add(await make());
    }

    private void Tell(string what) => Console.WriteLine($"[{Stopwatch.GetElapsedTime(_start):mm\\:ss}] {what}");
}
