using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Framing;

/// <content>Frames from an asynchronous sequence.</content>
public sealed partial class FrameWriter
{
    /// <summary>
    /// Writes every message of a source as a frame. What has been written is flushed when the source has nothing ready, and when a batch is full
    /// (<see cref="BatchSize"/>): a slow source is sent message by message, a fast one in batches.
    /// </summary>
    /// <remarks>
    /// <code>await frames.WriteAllAsync(quotes, static (quote, output) => quote.WriteTo(output), cancellationToken);</code>
    /// <para><b>Back-pressure.</b> While the pipe is full the source is not asked for more than the one message that it is working on.</para>
    /// <para><b>Completion.</b> It returns when the source has ended and everything is flushed, or when the other side reads no more: then the result says
    /// <see cref="FlushResult.IsCompleted"/>, and the rest of the source is not asked for. The source is disposed. The pipe writer stays open.</para>
    /// <para><b>Errors.</b> Exceptions of the source, of the encoder and of the pipe surface as they are. Frames before it are in the pipe, whole; what was
    /// not flushed is sent with the next flush, or when the pipe writer is completed.</para>
    /// <para><b>Cancellation.</b> The token goes to the source and to the flushes. A source that ignores it is waited for: it cannot be disposed while it works
    /// on a message.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the messages.</typeparam>
    /// <param name="source">The messages.</param>
    /// <param name="encoder">Writes one message as one frame: its bytes without prefix and delimiter. If it throws, that frame is dropped whole.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The result of the last flush.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="FrameException">A frame is too long, or the format cannot express it. The frames before it are in the pipe.</exception>
    /// <exception cref="InvalidOperationException">A lease is open, or an earlier write has failed in mid-frame.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or <see cref="PipeWriter.CancelPendingFlush"/> called.</exception>
    public async Task<FlushResult> WriteAllAsync<T>(IAsyncEnumerable<T> source, Action<T, IBufferWriter<byte>> encoder, CancellationToken cancellationToken = default)
    {
        if (source is null) throw new ArgumentNullException(nameof(source));
        if (encoder is null) throw new ArgumentNullException(nameof(encoder));
        ThrowIfBusy();
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<T> messages = source.GetAsyncEnumerator(ending.Token);
        await using (messages.ConfigureAwait(false))
        {
            long flushed = Position;
            while (true)
            {
                ValueTask<bool> moving = messages.MoveNextAsync();
                bool hasMessage;
                if (moving.IsCompleted || Position == flushed)
                {
                    hasMessage = await moving.ConfigureAwait(false);
                }
                else
                {
                    // As a task it may be awaited twice: also where the flush fails.
                    Task<bool> pending = moving.AsTask();
                    flushed = Position;
                    if (!await TryFlushMeanwhileAsync(pending, ending, cancellationToken).ConfigureAwait(false)) return new FlushResult(isCanceled: false, isCompleted: true);
                    hasMessage = await pending.ConfigureAwait(false);
                }

                if (!hasMessage) break;
                using (FrameLease frame = Lease())
                {
                    encoder(messages.Current, frame);
                    frame.Commit();
                }

                if (Position - flushed < BatchSize) continue;
                flushed = Position;
                FlushResult full = await FlushOrThrowAsync(cancellationToken).ConfigureAwait(false);
                if (full.IsCompleted) return full;
            }

            return await FlushOrThrowAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Flushes while the source works on its next message. If nothing more can be sent, the source is cancelled and waited for.</summary>
    private async Task<bool> TryFlushMeanwhileAsync(Task<bool> pending, CancellationTokenSource ending, CancellationToken cancellationToken)
    {
        bool canContinue = false;
        try
        {
            canContinue = !(await FlushOrThrowAsync(cancellationToken).ConfigureAwait(false)).IsCompleted;
        }
        finally
        {
            if (!canContinue) await EndAsync(pending, ending).ConfigureAwait(false);
        }

        return canContinue;
    }

    private static async Task EndAsync(Task<bool> pending, CancellationTokenSource ending)
    {
        try
        {
            ending.Cancel();
            await pending.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The flush has failed first, and that is what the caller learns.
        }
    }

    private async ValueTask<FlushResult> FlushOrThrowAsync(CancellationToken cancellationToken)
    {
        FlushResult result = await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        return result.IsCanceled
            ? throw new OperationCanceledException("The pending flush of the pipe was cancelled. The frames are in the pipe, whole, and are sent with the next flush.")
            : result;
    }
}
