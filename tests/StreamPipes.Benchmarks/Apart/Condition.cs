using System.Diagnostics;
using System.Globalization;
using StreamPipes.Benchmarks.Processes;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>What else the machine does, and what of it the process under test may have. The peer always has all of it.</summary>
internal abstract class Condition(string key, string name)
{
    /// <summary>Its name on the command line.</summary>
    public string Key => key;

    /// <summary>Its name in the tables.</summary>
    public string Name => name;

    /// <summary>Why it cannot be had on this machine, and how it could; <see langword="null"/> if it can.</summary>
    public virtual string? Obstacle => null;

    public static IReadOnlyList<Condition> All { get; } =
    [
        new IdleCondition(),
        new BusyCondition(),
        new OneProcessorCondition(),
        new QuotaCondition(),
        new VariableCondition("inline", "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1"),
        new VariableCondition("nospin", "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0"),
        new VariableCondition("nopgo", "DOTNET_TieredPGO=0"),
    ];

    public static IReadOnlyList<Condition> Select(IReadOnlyCollection<string> keys) =>
        [.. All.Where(condition => keys.Count == 0 ? condition is IdleCondition : keys.Contains(condition.Key, StringComparer.OrdinalIgnoreCase))];

    /// <summary>Makes it so until the result is disposed.</summary>
    public virtual IDisposable Begin() => new Running([]);

    /// <summary>The command line under which a process under test runs.</summary>
    public virtual IReadOnlyList<string> Wrap(IReadOnlyList<string> command) => command;

    private sealed class IdleCondition() : Condition("idle", "nothing else runs");

    private sealed class BusyCondition() : Condition("busy", "every processor has other work")
    {
        public override IDisposable Begin() => new Running([.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Child.Start(Child.Command(Spinner.Subject)))]);
    }

    /// <summary>An environment variable of the process under test alone.</summary>
    private sealed class VariableCondition(string key, string setting) : Condition(key, $"`{setting}`")
    {
        public override string? Obstacle => ExternalProgram.Missing("env", "coreutils");

        public override IReadOnlyList<string> Wrap(IReadOnlyList<string> command) => ["env", setting, .. command];
    }

    private sealed class OneProcessorCondition() : Condition("one", "one processor")
    {
        public override string? Obstacle => ExternalProgram.Missing("taskset", "util-linux");

        public override IReadOnlyList<string> Wrap(IReadOnlyList<string> command) => ["taskset", "-c", "0", .. command];
    }

    private sealed class QuotaCondition() : Condition("quota", "a quota of half a processor")
    {
        private const int Period = 100_000;

        private static readonly string Processes = Path.Combine(Quota.Folder, "cgroup.procs");

        public override string? Obstacle => Quota.CanSet ? null : "the control group of this process cannot be divided; run as root, or in a container of one's own";

        public override IDisposable Begin() => new Quota(Period / 2, Period);

        public override IReadOnlyList<string> Wrap(IReadOnlyList<string> command) => ["sh", "-c", string.Create(CultureInfo.InvariantCulture, $"echo $$ > {Processes} && exec \"$@\""), "sh", .. command];
    }

    private sealed class Running(IReadOnlyList<Process> processes) : IDisposable
    {
        public void Dispose()
        {
            foreach (Process process in processes)
            {
                process.Kill();
                process.WaitForExit();
                process.Dispose();
            }
        }
    }
}
