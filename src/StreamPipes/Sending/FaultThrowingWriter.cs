using System.IO.Pipelines;

namespace StreamPipes.Sending;

/// <summary>
/// A <see cref="ConnectionWriter"/> for a stream over it, which has only exceptions to report by: the framework's does not even look at
/// <see cref="FlushResult.IsCompleted"/>, so that what is written to a peer that takes no more would be lost without an error.
/// </summary>
internal sealed class FaultThrowingWriter : PipeWriter
{
    private readonly ConnectionWriter _writer;

    public FaultThrowingWriter(ConnectionWriter writer) => _writer = writer;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _writer.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _writer.GetSpan(sizeHint);

    public override void Advance(int bytes) => _writer.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _writer.FlushAsync(throwsFault: true, keepsThread: false, cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(source, throwsFault: true, keepsThread: false, cancellationToken);

    public override void CancelPendingFlush() => _writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _writer.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _writer.CompleteAsync(exception);

    public override string ToString() => _writer.ToString();
}
