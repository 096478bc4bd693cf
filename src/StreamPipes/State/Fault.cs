using System.Runtime.ExceptionServices;

namespace StreamPipes.State;

/// <summary>The first error of a connection. It is set once.</summary>
internal sealed class Fault
{
    private readonly bool _hadRemoteClosed;
    private volatile bool _isEscalated;
    private volatile bool _hasCompletedFlush;

    /// <param name="reason">What has failed.</param>
    /// <param name="exception">The exception, where it is first caught.</param>
    /// <param name="hadRemoteClosed">Whether the peer had closed its direction before.</param>
    public Fault(CloseReason reason, Exception exception, bool hadRemoteClosed = false)
    {
        Reason = reason;
        Error = ExceptionDispatchInfo.Capture(exception);
        _hadRemoteClosed = hadRemoteClosed;
    }

    public CloseReason Reason { get; }

    public Exception Exception => Error.SourceException;

    /// <summary>
    /// The exception with the stack trace it had where it was first caught. It is one object, and each throw appends to its stack trace: everything that throws it,
    /// or makes a faulted task of it, starts from here, so the trace keeps its beginning and does not grow.
    /// </summary>
    public ExceptionDispatchInfo Error { get; }

    /// <summary>Whether both ends are told at once, bytes received or not.</summary>
    public bool IsImmediate => _isEscalated || Reason is CloseReason.Aborted or CloseReason.TimedOut;

    /// <summary>
    /// Whether the next flush reports that the peer takes no more, as a pipe does whose reader has been completed, instead of throwing. One flush: a loop that looks
    /// at the result has ended then, and one that does not is ended by the error.
    /// </summary>
    public bool CompletesFlush => _hadRemoteClosed && Reason == CloseReason.WriteFault && !_isEscalated && !_hasCompletedFlush;

    /// <summary>Writer: a flush has reported it.</summary>
    public void OnFlushCompleted() => _hasCompletedFlush = true;

    /// <summary>An abort after the first error: the error stays, and last words are not waited for any more.</summary>
    public void Escalate() => _isEscalated = true;
}
