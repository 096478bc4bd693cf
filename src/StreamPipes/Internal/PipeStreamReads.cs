using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>The reading half of a <see cref="DuplexPipeStream"/>.</summary>
internal sealed class PipeStreamReads : ResultRelay<ReadResult, int>
{
    private readonly PipeReader _reader;
    private Memory<byte> _buffer;
    private bool _hasEnded;
    private bool _leaveOpen;
    private volatile bool _disposed;

    public PipeStreamReads(PipeReader reader)
        : base(useSynchronizationContext: true) => _reader = reader;

    /// <summary>An empty buffer waits for data, or the end, and takes none.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return FaultedTask.Create<int>(refusal);
        if (_hasEnded) return new ValueTask<int>(0);
        _buffer = buffer;
        try
        {
            return Relay(_reader.ReadAsync(cancellationToken));
        }
        catch (Exception e)
        {
            return FaultedTask.Create<int>(Translate(e));
        }
    }

    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (Refusal() is { } refusal) throw refusal;
            if (_hasEnded) return 0;
            if (_reader.TryRead(out ReadResult result)) return Take(result, buffer);

            // The span cannot wait, so that the wait is an empty read; a stream's blocking read has to block.
            ValueTask<int> data = ReadAsync(Memory<byte>.Empty, CancellationToken.None);
            if (!data.IsCompletedSuccessfully) data.AsTask().GetAwaiter().GetResult();
        }
    }

    public Task CopyToAsync(Stream destination, CancellationToken cancellationToken) => Refusal() is { } refusal
        ? FaultedTask.Create<int>(refusal).AsTask()
        : _reader.CopyToAsync(destination, cancellationToken);

    /// <summary>Ends a pending read; the pipe is the stream's to complete.</summary>
    /// <param name="leaveOpen">Whether the reader goes on without the stream, and must not find a cancellation that was not meant for it.</param>
    public void Dispose(bool leaveOpen)
    {
        _leaveOpen = leaveOpen;
        _disposed = true;
        if (!leaveOpen || IsPending) _reader.CancelPendingRead();
    }

    protected override int Look(ReadResult result) => Take(result, _buffer.Span);

    protected override Exception Translate(Exception error) => _disposed ? DuplexPipeStream.Disposed() : error;

    protected override void OnOver() => _buffer = default;

    private int Take(in ReadResult result, Span<byte> buffer)
    {
        ReadOnlySequence<byte> ready = result.Buffer;
        if (_disposed)
        {
            if (_leaveOpen) _reader.AdvanceTo(ready.Start);
            throw DuplexPipeStream.Disposed();
        }

        if (result.IsCanceled)
        {
            _reader.AdvanceTo(ready.Start);
            throw new OperationCanceledException("The read was cancelled by CancelPendingRead of the pipe under the stream.");
        }

        // Not every reader goes on telling it (dotnet/runtime#118041).
        _hasEnded = result.IsCompleted && ready.IsEmpty;
        int count = (int)Math.Min(ready.Length, buffer.Length);
        SequencePosition end = ready.GetPosition(count);
        ready.Slice(0, end).CopyTo(buffer);
        _reader.AdvanceTo(end);
        return count;
    }

    private Exception? Refusal()
    {
        if (_disposed) return DuplexPipeStream.Disposed();
        return IsPending ? new InvalidOperationException("A read of the stream is already pending: await it before the next, one reader at a time.") : null;
    }
}
