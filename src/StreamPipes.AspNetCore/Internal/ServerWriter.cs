using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>The output of a <see cref="ServerTransport"/>.</summary>
internal sealed class ServerWriter(ServerTransport transport, PipeWriter output) : PipeWriter
{
    private volatile bool _isCompleted;
    private volatile bool _hasFailed;

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    /// <summary>Whether a flush has found that nothing can be sent any more.</summary>
    private bool IsOver => _hasFailed && !_isCompleted;

    public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        // No flush would take them out again, however much an application writes to a client that has left.
        if (!IsOver) output.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        IsOver ? Over(cancellationToken) : Guard(output.FlushAsync(cancellationToken), cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        IsOver ? Over(cancellationToken) : Guard(output.WriteAsync(source, cancellationToken), cancellationToken);

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        output.Complete(exception);
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        _isCompleted = true;
        try
        {
            await output.CompleteAsync(exception).ConfigureAwait(false);
        }
        catch (Exception error) when (transport.IsFault(error))
        {
            // The client did not wait for the end. Completion holds the reason.
            transport.NoteClosed();
        }
    }

    public override string ToString() => $"Output of {transport}";

    private static ValueTask<FlushResult> Over(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested
        ? ValueTask.FromCanceled<FlushResult>(cancellationToken)
        : new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));

    private ValueTask<FlushResult> Guard(ValueTask<FlushResult> flush, CancellationToken cancellationToken) =>
        flush.IsCompletedSuccessfully ? new ValueTask<FlushResult>(Look(flush.Result)) : AwaitAsync(flush, cancellationToken);

    private FlushResult Look(FlushResult result)
    {
        if (result.IsCompleted) _hasFailed = true;
        return result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> AwaitAsync(ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        try
        {
            return Look(await flush.ConfigureAwait(false));
        }
        catch (Exception error) when (!_isCompleted && transport.IsFault(error, cancellationToken))
        {
            _hasFailed = true;
            transport.NoteClosed();
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
    }
}
