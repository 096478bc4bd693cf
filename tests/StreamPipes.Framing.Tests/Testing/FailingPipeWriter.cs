using System.IO.Pipelines;

namespace StreamPipes.Framing.Tests.Testing;

/// <summary>Throws when memory is asked for, from the nth time on.</summary>
internal sealed class FailingPipeWriter(PipeWriter inner, int fromCall, Exception exception) : PipeWriter
{
    private int _calls;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => ++_calls >= fromCall ? throw exception : inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
