namespace StreamPipes;

/// <summary>Why a <see cref="PipeConnection"/> ended. The first reason wins and is never overwritten.</summary>
public enum CloseReason
{
    /// <summary>The connection has not ended.</summary>
    None = 0,

    /// <summary>Both ends were completed here, everything written was sent, and the stream was let go.</summary>
    LocalClose,

    /// <summary>The peer closed its direction first (end of stream), and both directions have ended in order.</summary>
    RemoteClose,

    /// <summary>A read of the stream threw. <see cref="PipeConnection.Completion"/> holds the stream's own exception.</summary>
    ReadFault,

    /// <summary>
    /// A write, a flush or the half-close of the stream threw. <see cref="PipeConnection.Completion"/> holds the stream's own exception.
    /// </summary>
    WriteFault,

    /// <summary>
    /// <see cref="PipeConnection.Abort"/> was called, or <see cref="PipeConnection.Output"/> was completed with an exception.
    /// </summary>
    Aborted,

    /// <summary>
    /// A time limit of <see cref="PipeConnectionOptions"/> passed. <see cref="PipeConnection.Completion"/> holds a <see cref="TimeoutException"/>.
    /// </summary>
    TimedOut,

    /// <summary>The stream was handed back by <see cref="PipeConnection.DetachAsync"/>; nothing was closed.</summary>
    Detached,
}
