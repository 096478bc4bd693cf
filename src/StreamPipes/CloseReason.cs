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

    /// <summary>
    /// As <see cref="RemoteClose"/>, but the peer's end of the TLS session was missing (close_notify): what was received may have been cut off by an attacker on the
    /// way, or by a peer that leaves this way. No error by itself; see <c>PipeConnectionOptions.RequireCloseNotify</c>. Told where the library made the
    /// session (<c>TlsConnection</c>); of an <c>SslStream</c> that was given, it cannot be known.
    /// </summary>
    Truncated,
}
