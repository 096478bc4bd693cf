using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>The pipe options of a direction whose options the caller left open.</summary>
internal static class PipeDefaults
{
    private const int PauseThreshold = 128 * 1024;
    private const int ResumeThreshold = 64 * 1024;

    public static PipeOptions InMemory { get; } = Create(PipeScheduler.ThreadPool, PipeScheduler.ThreadPool);

    public static PipeOptions Inline { get; } = Create(PipeScheduler.Inline, PipeScheduler.Inline);

    /// <param name="readerScheduler">Where whoever reads the pipe goes on.</param>
    /// <param name="writerScheduler">Where whoever waits for the pipe to drain goes on.</param>
    public static PipeOptions Create(PipeScheduler readerScheduler, PipeScheduler writerScheduler) => new(
        BlockPool.Shared, readerScheduler, writerScheduler, PauseThreshold, ResumeThreshold, BlockPool.BlockSize, useSynchronizationContext: false);

    /// <summary>For a flush that waits for the stream itself: the pipe must not make it wait as well.</summary>
    public static PipeOptions WithoutBackPressure(PipeOptions options) => new(
        options.Pool, options.ReaderScheduler, options.WriterScheduler, pauseWriterThreshold: 0, resumeWriterThreshold: 0, options.MinimumSegmentSize, options.UseSynchronizationContext);
}
