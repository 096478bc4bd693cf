using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// One end of an in-memory connection of a kind the library does not know: no half-close (the peer sees the end when this end is
/// disposed), no empty reads expected, tokens honoured, nothing of the library inside.
/// </summary>
internal sealed class MemoryDuplexStream : TestStream
{
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private volatile bool _disposed;

    private MemoryDuplexStream(PipeReader reader, PipeWriter writer)
    {
        _reader = reader;
        _writer = writer;
    }

    public static (MemoryDuplexStream, MemoryDuplexStream) CreatePair()
    {
        PipeOptions options = new(useSynchronizationContext: false);
        Pipe there = new(options);
        Pipe back = new(options);
        return (new MemoryDuplexStream(back.Reader, there.Writer), new MemoryDuplexStream(there.Reader, back.Writer));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ReadResult result = await _reader.ReadAsync(cancellationToken);
        ObjectDisposedException.ThrowIf(result.IsCanceled, this);
        int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        ReadOnlySequence<byte> taken = result.Buffer.Slice(0, count);
        taken.CopyTo(buffer.Span);
        _reader.AdvanceTo(taken.End);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        FlushResult result = await _writer.WriteAsync(buffer, cancellationToken);
        ObjectDisposedException.ThrowIf(result.IsCanceled, this);
        if (result.IsCompleted) throw new IOException("The peer has gone.");
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        if (_disposed) return default;
        _disposed = true;
        _reader.CancelPendingRead();
        _writer.CancelPendingFlush();
        return _writer.CompleteAsync();
    }
}
