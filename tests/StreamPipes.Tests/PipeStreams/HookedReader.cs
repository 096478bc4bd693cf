using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>A pipe's reader that runs something in the middle of its own methods, as another thread could at that moment. Forwards everything.</summary>
internal sealed class HookedReader(PipeReader inner) : PipeReader
{
    public Action? OnRead { get; set; }

    public Action? OnAdvance { get; set; }

    public override void AdvanceTo(SequencePosition consumed)
    {
        OnAdvance?.Invoke();
        inner.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        OnAdvance?.Invoke();
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        OnRead?.Invoke();
        return inner.ReadAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        OnRead?.Invoke();
        return inner.TryRead(out result);
    }
}
