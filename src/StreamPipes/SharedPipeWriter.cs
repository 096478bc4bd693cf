using System.IO.Pipelines;
using StreamPipes.Sending;

namespace StreamPipes;

/// <summary>One <see cref="PipeWriter"/> for many callers: each message is whole, and callers who come together share a flush.</summary>
/// <remarks>
/// <para><b>Ownership.</b> From here on the writer is used through this object alone. It is completed by <see cref="CompleteAsync"/>, or together with its connection
/// (<see cref="PipeConnection.Abort"/> at any time; <see cref="PipeConnection.DisposeAsync"/> once no call is under way).</para>
/// <para><b>Concurrency.</b> Any thread, at any time. Messages are sent in the order in which the calls came; a caller who awaits each call before the next keeps its own order.</para>
/// <para><b>Completion.</b> A call completes when a flush that contains its message has completed. While that waits for room (back-pressure) all callers wait with it. What the flush
/// has returned, all of its callers receive, <see cref="FlushResult.IsCompleted"/> included.</para>
/// <para><b>Errors.</b> The first exception of the writer ends it for all: those who wait and those who come later get the same object. A message that was cut off by it is never
/// sent as if it were whole: the writer is completed with the exception.</para>
/// <para><b>Cancellation.</b> A token gives up as long as the message has not begun; then not a byte of it is sent. Once it has begun the token has no effect, and the call waits
/// for the flush: <see cref="PipeConnectionOptions.WriteTimeout"/> and <see cref="PipeConnection.Abort"/> end a wait for a peer that does not read.</para>
/// <para><b>Allocation.</b> None in the steady state.</para>
/// <para><b>Alternatives.</b> For one caller the <see cref="PipeWriter"/> itself.</para>
/// </remarks>
public sealed class SharedPipeWriter
{
    private readonly SharedWrites _writes;

    /// <summary>Shares a writer.</summary>
    /// <param name="writer">Any <see cref="PipeWriter"/>, such as <see cref="PipeConnection.Output"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is <see langword="null"/>.</exception>
    public SharedPipeWriter(PipeWriter writer) => _writes = new SharedWrites(writer ?? throw new ArgumentNullException(nameof(writer)));

    /// <summary>Sends one message.</summary>
    /// <param name="message">Its bytes. They must not change until the call has completed.</param>
    /// <param name="cancellationToken">Gives up, as long as the message has not begun.</param>
    /// <returns>The result of the flush that contained the message. Await it once.</returns>
    /// <exception cref="OperationCanceledException">The token fired, and nothing of the message is sent.</exception>
    /// <exception cref="InvalidOperationException"><see cref="CompleteAsync"/> was called before.</exception>
    public ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) => _writes.WriteAsync(message, cancellationToken);

    /// <summary>
    /// Waits for the turn to write a message in place, without a buffer of one's own. Write it at once, and do not wait for anything else: every other caller waits for it.
    /// </summary>
    /// <param name="size">The most that the message will have, in bytes; at least 1.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The lease: fill its memory and commit it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is less than 1.</exception>
    /// <exception cref="OperationCanceledException">The token fired while the call waited.</exception>
    /// <exception cref="InvalidOperationException"><see cref="CompleteAsync"/> was called before.</exception>
    public ValueTask<PipeWriterLease> LeaseAsync(int size, CancellationToken cancellationToken = default)
    {
        if (size < 1) throw new ArgumentOutOfRangeException(nameof(size), size, "A message has at least one byte.");
        return _writes.LeaseAsync(size, cancellationToken);
    }

    /// <summary>Completes the writer when every message that came before has been written. Those that come later are refused.</summary>
    /// <param name="exception">As for <see cref="PipeWriter.CompleteAsync"/>. Later callers get it.</param>
    /// <returns>A task that ends when the writer has been completed, and throws what that throws.</returns>
    public ValueTask CompleteAsync(Exception? exception = null) => _writes.CompleteAsync(exception);
}
