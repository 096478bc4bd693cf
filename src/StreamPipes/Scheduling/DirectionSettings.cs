using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Buffers;

namespace StreamPipes.Scheduling;

/// <summary>
/// How one direction of a connection holds its bytes, and where its pump and its end run: made once from the options. A scheduler that the caller's pipe
/// options name comes first, each for what it schedules; where they have the framework's default, which is also what they have if they name none,
/// <see cref="PipeConnectionOptions.Scheduling"/> decides.
/// </summary>
internal readonly struct DirectionSettings
{
    /// <summary>How many bytes wait before a flush does, where the caller's pipe options do not say.</summary>
    public const int DefaultPause = 128 * 1024;

    private const int DefaultResume = 64 * 1024;

    private DirectionSettings(PipeConnectionOptions options, PipeOptions pipe, PipeScheduler? pump, PipeScheduler? end)
    {
        Pool = pipe.Pool;
        SegmentSize = pipe.MinimumSegmentSize;
        PauseThreshold = pipe.PauseWriterThreshold;
        ResumeThreshold = pipe.ResumeWriterThreshold;
        UseSynchronizationContext = options.UseSynchronizationContext;
        HasOwnThread = options.Scheduling == PumpScheduling.DedicatedThreads;
        PumpScheduler = pump;
        EndScheduler = end;
    }

    /// <summary>The options of a pipe that the caller left open, and of one in memory.</summary>
    public static PipeOptions Usual { get; } = new(
        BlockPool.Shared, PipeScheduler.ThreadPool, PipeScheduler.ThreadPool, DefaultPause, DefaultResume, BlockPool.BlockSize, useSynchronizationContext: false);

    public MemoryPool<byte> Pool { get; }

    public int SegmentSize { get; }

    public long PauseThreshold { get; }

    public long ResumeThreshold { get; }

    /// <summary>Where the pump runs; <see langword="null"/> for whichever comes first, the thread pool or a caller who lends its thread.</summary>
    public PipeScheduler? PumpScheduler { get; }

    /// <summary>Where the reader or the writer resumes; <see langword="null"/> for where the pump sees fit.</summary>
    public PipeScheduler? EndScheduler { get; }

    /// <summary>Whether the pump has a thread of its own, whatever the schedulers.</summary>
    public bool HasOwnThread { get; }

    public bool UseSynchronizationContext { get; }

    public static DirectionSettings ForReceiving(PipeConnectionOptions options)
    {
        PipeOptions pipe = options.ReceivePipeOptions ?? Usual;

        // Inline, the reader runs on the pump's thread, but a pump for which the reader makes room does not run inside that.
        PipeScheduler? pump = options.Scheduling == PumpScheduling.Inline ? PipeScheduler.ThreadPool : Usually(options.Scheduling);
        return new DirectionSettings(options, pipe, Named(pipe.WriterScheduler) ?? pump, Named(pipe.ReaderScheduler) ?? Usually(options.Scheduling));
    }

    public static DirectionSettings ForSending(PipeConnectionOptions options)
    {
        PipeOptions pipe = options.SendPipeOptions ?? Usual;

        // Inline, the pump runs on the writer's thread, but a flush for which the pump makes room does not run inside that.
        PipeScheduler? end = options.Scheduling == PumpScheduling.Inline ? PipeScheduler.ThreadPool : Usually(options.Scheduling);
        return new DirectionSettings(options, pipe, Named(pipe.ReaderScheduler) ?? Usually(options.Scheduling), Named(pipe.WriterScheduler) ?? end);
    }

    private static PipeScheduler? Named(PipeScheduler scheduler) => scheduler == PipeScheduler.ThreadPool ? null : scheduler;

    private static PipeScheduler? Usually(PumpScheduling scheduling) => scheduling switch
    {
        PumpScheduling.ThreadPool => PipeScheduler.ThreadPool,
        PumpScheduling.Inline => PipeScheduler.Inline,

        // On the pump's thread.
        PumpScheduling.DedicatedThreads => PipeScheduler.Inline,
        _ => null,
    };
}
