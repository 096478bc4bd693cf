using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>A pipe's writer whose completion waits at a gate. Forwards everything.</summary>
internal sealed class HeldWriter(PipeWriter inner, Gate gate) : PipeWriter
{
    public Exception? Failure { get; init; }

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        await gate.WaitAsync();
        if (Failure is not null) throw Failure;
        await inner.CompleteAsync(exception);
    }
}
