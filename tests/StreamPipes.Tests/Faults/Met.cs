namespace StreamPipes.Tests.Faults;

/// <summary>What somebody met who used an end, or awaited something: which exception, or how else it ended.</summary>
internal enum Met
{
    /// <summary>Nobody asked.</summary>
    Anything,
    Success,

    /// <summary>The end of the stream.</summary>
    End,

    /// <summary>The very object that the stream threw; for a read that lies: an exception of the library's, one object everywhere.</summary>
    Injected,
    AbortReason,
    OutputError,
    Timeout,
    InvalidOperation,
    Disposed,

    /// <summary>An <see cref="OperationCanceledException"/> with the user's token.</summary>
    TokenCancelled,

    /// <summary>A result that says it was cancelled.</summary>
    ResultCancelled,
}
