namespace StreamPipes;

/// <summary>
/// Which thread moves bytes between the pipes and the stream, and on which a reader or a flush that waited resumes. Schedulers that the caller's
/// <see cref="System.IO.Pipelines.PipeOptions"/> name come before it, each for what it schedules. <see cref="System.IO.Pipelines.PipeScheduler.ThreadPool"/>
/// does not count as named: <see cref="System.IO.Pipelines.PipeOptions"/> have it where none is given.
/// </summary>
public enum PumpScheduling
{
    /// <summary>
    /// The send pump is woken on the thread pool, unless the same caller comes back first with a read that has to wait, or flushes what completes a
    /// whole write (<see cref="PipeConnectionOptions.MaximumWriteSize"/>): then that caller runs it, and no thread hop is paid. Received
    /// bytes resume the waiting reader on the thread that received them, but only after the next read of the stream has been issued, so that a reader
    /// that blocks its thread stops only itself.
    /// </summary>
    Default = 0,

    /// <summary>
    /// Everything runs on the thread that causes it: <c>FlushAsync</c> runs the stream's write on the caller's thread, and received bytes
    /// resume the reader on the receiving thread before the next read is issued. The fewest hops; code that blocks its thread (sync over
    /// async) can hang.
    /// </summary>
    Inline,

    /// <summary>Every wake-up goes through the thread pool: the most isolated and the slowest choice for request and response.</summary>
    ThreadPool,

    /// <summary>
    /// Two threads of the connection's own, which block in the stream's <c>Read</c> and <c>Write</c>: bytes move however busy the thread pool is.
    /// Received bytes resume the reader on the receiving thread, and a flush that waited resumes on the sending thread: code that blocks there stops
    /// its own direction. For a few connections that matter, not for thousands. A scheduler that given options name resumes the reader, or the flush,
    /// instead of that thread; the pump keeps it. On a socket, or a stream whose socket can be reached, a wait for data looks now and then (after
    /// 1 ms, then half as often each time, down to ten times a second) whether it is to stop; the blocking read of another stream ends with data or
    /// with the dispose of the stream, and a blocking write only so. An <see cref="System.Net.Security.SslStream"/> on anything but a <see
    /// cref="System.Net.Sockets.NetworkStream"/> is read asynchronously all the same, since it must not be half-closed beside a read that no thread can
    /// stop.
    /// </summary>
    DedicatedThreads,
}
