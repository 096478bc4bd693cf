namespace StreamPipes;

/// <summary>
/// Which thread moves bytes between the pipes and the stream. It applies to a direction whose <see cref="System.IO.Pipelines.PipeOptions"/>
/// are left <see langword="null"/>; options given by the caller name their own schedulers.
/// </summary>
public enum PumpScheduling
{
    /// <summary>
    /// The send pump is woken on the thread pool, unless the same caller comes back first with a read that has to wait: then that
    /// caller runs it, and no thread hop is paid. Received bytes resume the waiting reader on the thread that received them, but only
    /// after the next read of the stream has been issued, so that a reader that blocks its thread stops nobody but itself.
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
}
