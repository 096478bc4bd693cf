using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>The input of a <see cref="ServerTransport"/>.</summary>
internal sealed class ServerReader(ServerTransport transport, PipeReader input) : PipeReader
{
    private volatile bool _isCompleted;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (Fault(cancellationToken) is { } fault) return ValueTask.FromException<ReadResult>(fault);
        ValueTask<ReadResult> read = input.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? read : AwaitAsync(read, cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (Fault(CancellationToken.None) is { } fault) ExceptionDispatchInfo.Throw(fault);
        try
        {
            return input.TryRead(out result);
        }
        catch (Exception error) when (IsFault(error, CancellationToken.None))
        {
            throw transport.Translate(error);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        input.Complete(exception);
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        _isCompleted = true;
        await input.CompleteAsync(exception).ConfigureAwait(false);
    }

    public override string ToString() => $"Input of {transport}";

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        if (Fault(cancellationToken) is { } fault) return ValueTask.FromException<ReadResult>(fault);
        ValueTask<ReadResult> read = input.ReadAtLeastAsync(minimumSize, cancellationToken);
        return read.IsCompletedSuccessfully ? read : AwaitAsync(read, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (Exception error) when (IsFault(error, cancellationToken))
        {
            throw transport.Translate(error);
        }
    }

    /// <summary>What a read throws, even if the bytes of the one before have not been given back: an application that was interrupted does not.</summary>
    private Exception? Fault(CancellationToken cancellationToken) => _isCompleted || cancellationToken.IsCancellationRequested ? null : transport.Fault;

    private bool IsFault(Exception error, CancellationToken cancellationToken) => !_isCompleted && transport.IsFault(error, cancellationToken);
}
