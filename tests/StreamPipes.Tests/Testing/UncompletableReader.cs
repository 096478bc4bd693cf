using System.IO.Pipelines;

namespace StreamPipes.Tests.Testing;

/// <summary>A reader whose completion throws.</summary>
internal sealed class UncompletableReader(Exception exception) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed) => throw new NotSupportedException();

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw new NotSupportedException();

    public override void CancelPendingRead()
    {
        // Nothing is ever pending.
    }

    public override void Complete(Exception? completion = null) => throw exception;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
}
