using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Buffers;

namespace StreamPipes.Scheduling;

/// <summary>How one direction of a connection holds its bytes and where its pump and its end run: made once from the options.</summary>
internal sealed class DirectionSettings
{
    private const int DefaultPause = 128 * 1024;
    private const int DefaultResume = 64 * 1024;

    private static readonly PipeOptions Usual = new(
        BlockPool.Shared, PipeScheduler.ThreadPool, PipeScheduler.ThreadPool, DefaultPause, DefaultResume, BlockPool.BlockSize, useSynchronizationContext: false);

    private static readonly DirectionSettings Default = new(Usual, PumpScheduling.Default, pump: null, end: null);
    private static readonly DirectionSettings PooledThreads = new(Usual, PumpScheduling.ThreadPool, PipeScheduler.ThreadPool, PipeScheduler.ThreadPool);
    private static readonly DirectionSettings InlineReceiving = new(Usual, PumpScheduling.Inline, PipeScheduler.ThreadPool, PipeScheduler.Inline);
    private static readonly DirectionSettings InlineSending = new(Usual, PumpScheduling.Inline, PipeScheduler.Inline, PipeScheduler.ThreadPool);
    private static readonly DirectionSettings Dedicated = new(Usual, PumpScheduling.DedicatedThreads, PipeScheduler.Inline, PipeScheduler.Inline);

    private DirectionSettings(PipeOptions pipe, PumpScheduling scheduling, PipeScheduler? pump, PipeScheduler? end)
    {
        Pool = pipe.Pool;
        SegmentSize = pipe.MinimumSegmentSize;
        PauseThreshold = pipe.PauseWriterThreshold;
        ResumeThreshold = pipe.ResumeWriterThreshold;
        UseSynchronizationContext = pipe.UseSynchronizationContext;
        HasOwnThread = scheduling == PumpScheduling.DedicatedThreads;
        PumpScheduler = pump;
        EndScheduler = end;
    }

    /// <summary>The options of an in-memory pipe that the caller left open.</summary>
    public static PipeOptions InMemory => Usual;

    public MemoryPool<byte> Pool { get; }

    public int SegmentSize { get; }

    public long PauseThreshold { get; }

    public long ResumeThreshold { get; }

    /// <summary>Where the pump runs; <see langword="null"/> for whichever comes first, the thread pool or a caller who lends its thread.</summary>
    public PipeScheduler? PumpScheduler { get; }

    /// <summary>Where the reader or the writer resumes; <see langword="null"/> for where the pump sees fit.</summary>
    public PipeScheduler? EndScheduler { get; }

    /// <summary>Whether the pump and its end take whichever thread saves a hop.</summary>
    public bool IsDefault => PumpScheduler is null;

    /// <summary>Whether the pump has a thread of its own, whatever the schedulers.</summary>
    public bool HasOwnThread { get; }

    public bool UseSynchronizationContext { get; }

    public static DirectionSettings ForReceiving(PipeConnectionOptions options) => options.ReceivePipeOptions is { } pipe
        ? new DirectionSettings(pipe, options.Scheduling, pipe.WriterScheduler, pipe.ReaderScheduler)
        : options.Scheduling == PumpScheduling.Inline ? InlineReceiving : Of(options.Scheduling);

    public static DirectionSettings ForSending(PipeConnectionOptions options) => options.SendPipeOptions is { } pipe
        ? new DirectionSettings(pipe, options.Scheduling, pipe.ReaderScheduler, pipe.WriterScheduler)
        : options.Scheduling == PumpScheduling.Inline ? InlineSending : Of(options.Scheduling);

    private static DirectionSettings Of(PumpScheduling scheduling) => scheduling switch
    {
        PumpScheduling.DedicatedThreads => Dedicated,
        PumpScheduling.ThreadPool => PooledThreads,
        _ => Default,
    };
}
