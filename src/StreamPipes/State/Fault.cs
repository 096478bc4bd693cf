namespace StreamPipes.State;

/// <summary>The first error of a connection. It is set once.</summary>
internal sealed class Fault
{
    private volatile bool _isEscalated;

    public Fault(CloseReason reason, Exception exception)
    {
        Reason = reason;
        Exception = exception;
    }

    public CloseReason Reason { get; }

    public Exception Exception { get; }

    /// <summary>Whether both ends are told at once, bytes received or not.</summary>
    public bool IsImmediate => _isEscalated || Reason is CloseReason.Aborted or CloseReason.TimedOut;

    /// <summary>An abort after the first error: the error stays, and nobody waits for last words any more.</summary>
    public void Escalate() => _isEscalated = true;
}
