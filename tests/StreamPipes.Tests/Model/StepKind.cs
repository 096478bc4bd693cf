namespace StreamPipes.Tests.Model;

/// <summary>What one end can do in a program.</summary>
internal enum StepKind
{
    /// <summary>Memory is asked for and filled, and nothing flushed.</summary>
    Put,
    Write,
    Flush,

    /// <summary>A flush, or a write, with a token that is cancelled already.</summary>
    FlushPrecancelled,
    Read,
    ReadAtLeast,
    TryRead,

    /// <summary>A read whose token is cancelled if it has to wait.</summary>
    ReadWithToken,
    CancelPendingRead,
    CancelPendingFlush,
    CompleteOutput,
    CompleteInput,
    DisposeAsync,
    BreakReads,
    BreakWrites,
    Abort,
    CompleteOutputWithError,
}
