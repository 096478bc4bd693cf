using System.Diagnostics;
using StreamPipes.Soak;

SoakOptions options;
try
{
    options = SoakOptions.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

if (DescriptorLimit.Complaint(options) is { } complaint)
{
    Console.Error.WriteLine(complaint);
    return 2;
}

Report.Begin(options);
using Meters meters = new();
using Listeners listeners = new();
Tally tally = new();
Crowd crowd = new(options, listeners, meters, tally);
if (options.Replay is var (slot, round))
{
    Console.WriteLine(Plan.Make(options, slot, round));
    await crowd.ReplayAsync(slot, round);
    Report.End(tally, meters, verdict: null);
    Console.WriteLine($"{tally.Failures} failures");
    return tally.Failures == 0 ? 0 : 1;
}

Stopwatch watch = Stopwatch.StartNew();
Processors processors = new();
using Timer moments = new(_ => Report.Moment(watch, tally), state: null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));

// As many connections as later, so that every cache and pool of the framework has what it wants to keep.
TimeSpan warmUp = TimeSpan.FromSeconds(Math.Clamp(options.Duration.TotalSeconds / 6, 5, 40));
await crowd.RunAsync(warmUp);
Census before = await Census.TakeAsync(meters, static census => census is { Blocks: 0, Timers: 0, ConnectionsAlive: 0 });

// On a slow machine the warm-up takes its time. It does not take that of the run.
TimeSpan half = options.Duration / 2, rest = options.Duration - watch.Elapsed;
if (tally.Failures == 0) await crowd.RunAsync(rest > half ? rest : half);
Console.WriteLine($"Ended after {watch.Elapsed.TotalSeconds:F0} s {(tally.Failures == 0 ? "since the time was up" : "by a failure")}; other processes had {processors.TakenByOthers:P0} of the processors.");
await moments.DisposeAsync();
Census after = await Census.TakeAsync(meters, census => new Verdict(before, census, tally).IsGood);
Verdict verdict = new(before, after, tally);
Report.End(tally, meters, verdict);

int failures = tally.Failures + verdict.Lines.Count(static line => !line.IsGood);
if (verdict.Shortage(options, processors.TakenByOthers) is var (shortage, isFailure))
{
    Console.WriteLine(shortage);
    if (isFailure) failures++;
}

Console.WriteLine($"{failures} failures");
return failures == 0 ? 0 : 1;
