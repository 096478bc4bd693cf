using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using StreamPipes.Benchmarks.Reports;

namespace StreamPipes.Benchmarks.Micro;

/// <summary>Single operations, measured by BenchmarkDotNet.</summary>
internal static class MicroSection
{
    public static Section Make(bool isQuick)
    {
        // In this process: a project generated elsewhere would not find this one's settings.
        Job job = (isQuick ? Job.Dry : Job.ShortRun.WithIterationCount(10)).WithToolchain(InProcessEmitToolchain.Instance);
        AccumulationLogger tables = new();
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "streampipes-micro"))
            .WithOptions(ConfigOptions.DisableLogFile);
        foreach (Type type in (Type[])[typeof(WriteBenchmarks), typeof(ReadBenchmarks), typeof(FrameBenchmarks)])
        {
            MarkdownExporter.GitHub.ExportToLog(BenchmarkRunner.Run(type, config), tables);
        }

        return new Section("Single operations", $"Measured by BenchmarkDotNet.\n\n{tables.GetLog().Replace("&#39;", "", StringComparison.Ordinal).Trim()}");
    }
}
