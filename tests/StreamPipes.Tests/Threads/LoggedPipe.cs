using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Threads;

/// <summary>A duplex pipe that notes when it is read and written.</summary>
internal sealed class LoggedPipe : IDuplexPipe
{
    private readonly ConcurrentQueue<string> _log = new();

    public LoggedPipe(IDuplexPipe inner)
    {
        Input = new LoggedReader(this, inner.Input);
        Output = new LoggedWriter(this, inner.Output);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public string[] Log => [.. _log];

    public void Note(string what) => _log.Enqueue(what);

    private sealed class LoggedReader(LoggedPipe pipe, PipeReader inner) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            pipe.Note("read");
            return inner.ReadAsync(cancellationToken);
        }

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed class LoggedWriter(LoggedPipe pipe, PipeWriter inner) : PipeWriter
    {
        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            pipe.Note("write");
            return inner.FlushAsync(cancellationToken);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
