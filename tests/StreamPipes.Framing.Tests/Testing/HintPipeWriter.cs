using System.IO.Pipelines;

namespace StreamPipes.Framing.Tests.Testing;

/// <summary>Remembers how much memory was asked for last.</summary>
internal sealed class HintPipeWriter(PipeWriter inner) : PipeWriter
{
    public int LastHint { get; private set; }

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        LastHint = sizeHint;
        return inner.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
