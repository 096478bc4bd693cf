using System.IO.Pipelines;
using StreamPipes.Buffers;

namespace StreamPipes.Scheduling;

/// <summary>The pipe options of a direction whose options the caller left open.</summary>
internal static class PipeDefaults
{
    private const int PauseThreshold = 128 * 1024;
    private const int ResumeThreshold = 64 * 1024;

    public static PipeOptions InMemory { get; } = Create(PipeScheduler.ThreadPool, PipeScheduler.ThreadPool);

    private static PipeOptions InlineSend { get; } = Create(PipeScheduler.Inline, PipeScheduler.ThreadPool);

    private static PipeOptions Inline { get; } = Create(PipeScheduler.Inline, PipeScheduler.Inline);

    public static PipeOptions Of(PumpScheduling scheduling) => scheduling switch
    {
        PumpScheduling.Inline => InlineSend,
        PumpScheduling.DedicatedThreads => Inline,
        _ => InMemory,
    };

    private static PipeOptions Create(PipeScheduler readerScheduler, PipeScheduler writerScheduler) => new(
        BlockPool.Shared, readerScheduler, writerScheduler, PauseThreshold, ResumeThreshold, BlockPool.BlockSize, useSynchronizationContext: false);
}
