using System.Buffers;

namespace StreamPipes.Transports;

/// <summary>What the pumps stand on: the one seam between pipes and whatever carries the bytes.</summary>
/// <remarks>
/// Guarantees to an implementation: at most one <see cref="ReadAsync"/> and at most one of <see cref="WriteAsync"/>,
/// <see cref="FlushAsync"/> and <see cref="ShutdownWritesAsync"/> run at a time, the two groups beside each other; the blocking forms count as those.
/// <see cref="CloseAsync"/>, <see cref="CloseInputAsync"/> and <see cref="Reset"/> may come at any time, more than once.
/// </remarks>
internal abstract class Transport
{
    public abstract bool HasInput { get; }

    public abstract bool HasOutput { get; }

    /// <summary>Whether an empty read waits for data.</summary>
    public abstract bool WaitsOnEmptyReads { get; }

    /// <summary>Whether its methods never block their thread, so that a caller may run a pump.</summary>
    public abstract bool NeverBlocks { get; }

    /// <summary>Whether a read that is cancelled loses nothing and leaves the connection as it was, in both directions.</summary>
    public virtual bool SurvivesCanceledRead => false;

    /// <summary>Whether input and output are streams of their own, so that the input is let go as soon as reading ends.</summary>
    public abstract bool HasSeparateInput { get; }

    /// <summary>Whether <see cref="ShutdownWritesAsync"/> must not run beside a read.</summary>
    public abstract bool ShutdownNeedsQuietReads { get; }

    /// <summary>
    /// Whether the peer sees our half-close, and closing with input unread may destroy what it has not read yet (a TCP reset). Then the
    /// input is read to its end before the close.
    /// </summary>
    public abstract bool LingersAfterShutdown { get; }

    /// <summary>Whether the peer's side is known to have everything that was sent.</summary>
    public abstract bool IsEverythingDelivered { get; }

    /// <summary>Up to how many bytes make one batch of small pieces. A larger piece of contiguous memory is a batch by itself.</summary>
    public abstract int BatchSize { get; }

    /// <summary>Reads up to the buffer's length; 0 is the end. An empty buffer waits for data where that is known to work.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes all of a batch. The token is the connection's own, never a caller's: it stops a write only when nothing else can.</summary>
    public abstract ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken);

    /// <summary>Flushes the stream and gives back what memory writing holds.</summary>
    public abstract Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>Whether <see cref="CloseAsync"/> must not run beside a read or a write, as far as those can be ended.</summary>
    public abstract bool DisposeNeedsQuiet { get; }

    /// <summary>
    /// Whether reads may block: a read that cannot be stopped must not be in the way of a <see cref="ShutdownWritesAsync"/> that must not run beside it.
    /// </summary>
    public abstract bool MayReadBlocking { get; }

    /// <summary>Blocks until a read would find something, as far as that can be told, or the token fires.</summary>
    public abstract void WaitForInput(CancellationToken cancellationToken);

    /// <summary>As <see cref="ReadAsync"/>, blocking; -1 if there is nothing yet.</summary>
    public abstract int Read(Memory<byte> buffer);

    /// <summary>As <see cref="WriteAsync"/>, blocking.</summary>
    public abstract void Write(in ReadOnlySequence<byte> batch);

    /// <summary>As <see cref="FlushAsync"/>, blocking.</summary>
    public abstract void Flush();

    /// <summary>Half-closes, where that exists: the peer sees the end of what we send.</summary>
    public abstract ValueTask ShutdownWritesAsync();

    /// <summary>Ends the connection abortively, where that exists. <see cref="CloseAsync"/> follows.</summary>
    public abstract void Reset();

    /// <summary>Lets the input go, where it is separate.</summary>
    public abstract Task CloseInputAsync();

    /// <summary>Lets everything go. What is stuck in it ends with an exception, if the stream keeps its side.</summary>
    public abstract Task CloseAsync();

#if NET
    /// <summary>What TLS has negotiated, where this is TLS.</summary>
    public virtual TlsSession? Tls => null;
#endif

    /// <summary>Whether there is one stream to hand back.</summary>
    public abstract bool CanDetach { get; }

    /// <summary>Hands what carries the bytes back as a stream. Only once both pumps have left it.</summary>
    public abstract Stream Detach();

    /// <summary>Frees what belongs to the transport itself. Only once both pumps have left it.</summary>
    public virtual void ReleaseTransport()
    {
    }

    /// <summary>Gives back what memory writing holds. Only once no write runs any more.</summary>
    public abstract void ReleaseWriteMemory();
}
