namespace StreamPipes.Internal;

/// <summary>The first error of a connection. It is set once.</summary>
internal sealed class Fault
{
    public Fault(CloseReason reason, Exception exception)
    {
        Reason = reason;
        Exception = exception;
    }

    public CloseReason Reason { get; }

    public Exception Exception { get; }

    /// <summary>Whether both ends are told at once, bytes received or not.</summary>
    public bool IsImmediate => Reason is CloseReason.Aborted or CloseReason.TimedOut;
}
