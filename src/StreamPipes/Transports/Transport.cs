using System.Buffers;
using System.Net;

namespace StreamPipes.Transports;

/// <summary>What the pumps stand on: the one seam between pipes and whatever carries the bytes.</summary>
/// <remarks>
/// What an implementation may rely on:
/// <list type="bullet">
/// <item>At most one read at a time: <see cref="ReadAsync"/>, <see cref="WaitForInput"/>, <see cref="Read"/>.</item>
/// <item>At most one of write, flush and half-close at a time: <see cref="WriteAsync"/>, <see cref="Write"/>, <see cref="FlushAsync"/>, <see cref="Flush"/>,
/// <see cref="ShutdownWritesAsync"/>. They run concurrently with reads, except the half-close where <see cref="ShutdownNeedsQuietReads"/> forbids it.</item>
/// <item><see cref="CloseAsync"/>, <see cref="CloseInputAsync"/> and <see cref="Reset"/> come at any time, from any thread, and more than once.</item>
/// <item><see cref="ReleaseWriteMemory"/> comes when no write runs, <see cref="Detach"/> and <see cref="ReleaseTransport"/> when neither a read nor a write runs; but a read
/// may run that must not be cancelled (<see cref="MayCancelReads"/>) at a detach, one that is abandoned (<see cref="AbandonsReads"/>) at the release.</item>
/// <item>After <see cref="ReleaseTransport"/> nothing is read, written, flushed or half-closed. Facts may be asked for all the same.</item>
/// </list>
/// Debug builds check it: <see cref="ContractTransport"/>.
/// </remarks>
internal abstract class Transport
{
    // Facts.
    public abstract bool HasInput { get; }

    public abstract bool HasOutput { get; }

    /// <summary>Whether input and output are streams of their own, so that the input is released as soon as reading ends.</summary>
    public abstract bool HasSeparateInput { get; }

    /// <summary>Whether an empty read waits for data.</summary>
    public abstract bool WaitsOnEmptyReads { get; }

    /// <summary>Whether its methods never block their thread, so that a caller may run a pump.</summary>
    public abstract bool NeverBlocks { get; }

    /// <summary>
    /// Whether it never blocks and a write ends in the kernel, with none of a caller's code below it: any flush may then make it. A pipe may run its reader inside a flush.
    /// </summary>
    public virtual bool WritesToKernel => false;

    /// <summary>Whether a read that is cancelled loses nothing and leaves the connection as it was, in both directions.</summary>
    public virtual bool SurvivesCanceledRead => false;

    /// <summary>Whether a pending read may be cancelled while the connection is of use: it loses nothing, and both directions continue.</summary>
    public virtual bool MayCancelReads => SurvivesCanceledRead;

    /// <summary>Whether a read may be left in the stream indefinitely, since neither its token nor the dispose ends it.</summary>
    public virtual bool AbandonsReads => false;

    /// <summary>Whether <see cref="CloseAsync"/> disposes what carries the bytes.</summary>
    public virtual bool OwnsStream => true;

    /// <summary>
    /// Whether the blocking reads may be used. They may not where a half-close must not overlap a read and a blocking read cannot be interrupted.
    /// </summary>
    public abstract bool MayReadBlocking { get; }

    /// <summary>Up to how many bytes make one batch of small pieces. A larger piece of contiguous memory is a batch by itself.</summary>
    public abstract int BatchSize { get; }

    /// <summary>Whether <see cref="ShutdownWritesAsync"/> must not run concurrently with a read.</summary>
    public abstract bool ShutdownNeedsQuietReads { get; }

    /// <summary>Whether <see cref="CloseAsync"/> must not run concurrently with a read or a write, as far as those can be ended.</summary>
    public abstract bool DisposeNeedsQuiet { get; }

    /// <summary>
    /// Whether the peer sees our half-close, and closing with input unread may destroy what it has not read yet (a TCP reset). Then the
    /// input is read to its end before the close.
    /// </summary>
    public abstract bool LingersAfterShutdown { get; }

    /// <summary>Whether the peer's side is known to have everything that was sent.</summary>
    public abstract bool IsEverythingDelivered { get; }

    /// <summary>Whether there is one stream to hand back.</summary>
    public abstract bool CanDetach { get; }

    /// <summary>What TLS has negotiated, where this is TLS.</summary>
    public virtual TlsSession? Tls => null;

    /// <summary>The address of this side, where there is a socket that has one. Also after the end.</summary>
    public virtual EndPoint? LocalEndPoint => null;

    /// <summary>The address of the peer, where there is a socket that has one. Also after the end.</summary>
    public virtual EndPoint? RemoteEndPoint => null;

    // Reading.

    /// <summary>Reads up to the buffer's length; 0 is the end. An empty buffer waits for data where that is known to work.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Blocks until a read would find something, as far as that can be known, or the token fires.</summary>
    public abstract void WaitForInput(CancellationToken cancellationToken);

    /// <summary>As <see cref="ReadAsync"/>, blocking; -1 if there is nothing yet.</summary>
    public abstract int Read(Memory<byte> buffer);

    /// <summary>Looks at an end that a read has found. It throws if that was none, but an error that only looks like it.</summary>
    /// <returns>Whether the peer is known not to have said that this is the end.</returns>
    public virtual bool IsEndTruncated() => false;

    // Writing.

    /// <summary>Writes all of a batch. The token is the connection's own, never a caller's: it stops a write only when nothing else can.</summary>
    public abstract ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken);

    /// <summary>As <see cref="WriteAsync"/>, blocking.</summary>
    public abstract void Write(in ReadOnlySequence<byte> batch);

    /// <summary>Flushes the stream and gives back what memory writing holds.</summary>
    public abstract Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>As <see cref="FlushAsync"/>, blocking.</summary>
    public abstract void Flush();

    /// <summary>Gives back what memory writing holds.</summary>
    public abstract void ReleaseWriteMemory();

    // Ending.

    /// <summary>Half-closes, where that exists: the peer sees the end of what we send.</summary>
    public abstract ValueTask ShutdownWritesAsync();

    /// <summary>Ends the connection abortively, where that exists. <see cref="CloseAsync"/> follows.</summary>
    public abstract void Reset();

    /// <summary>Releases the input, where it is separate.</summary>
    public abstract Task CloseInputAsync();

    /// <summary>Whether something is under the stream that ends with it, and can be ended before it.</summary>
    public virtual bool OwnsWhatIsBelow => false;

    /// <summary>Releases, in order, what is under the stream, where this ends what is pending in the stream. <see cref="CloseAsync"/> follows.</summary>
    public virtual Task CloseBelowAsync() => Task.CompletedTask;

    /// <summary>Releases everything. What is stuck in it ends with an exception, if the stream supports that.</summary>
    public abstract Task CloseAsync();

    /// <summary>Hands what carries the bytes back as a stream.</summary>
    public abstract Stream Detach();

    /// <summary>Frees what belongs to the transport itself.</summary>
    public virtual void ReleaseTransport()
    {
    }
}
