using StreamPipes.Common;

namespace StreamPipes.Transports;

/// <summary>A stream with bytes in front that were read from it before. Everything else passes through.</summary>
internal sealed partial class ReplayStream : Stream, IAsyncDisposable, IOwnStream
{
    private ReadOnlyMemory<byte> _front;

    public ReplayStream(byte[] front, Stream inner)
    {
        _front = front;
        Inner = inner;
    }

    public Stream Inner { get; }

    /// <summary>Whether nothing is left in front.</summary>
    public bool IsSpent => _front.IsEmpty;

    /// <summary>What is in front is in no socket any more.</summary>
    StreamTraits IOwnStream.Traits => StreamTraits.Of(Inner) with { HoldsBytes = true, CanStopBlockingWait = false };

    string IOwnStream.Description => TransportDescription.Of(Inner);

    public override bool CanRead => Inner.CanRead;

    public override bool CanWrite => Inner.CanWrite;

    public override bool CanSeek => false;

    public override bool CanTimeout => Inner.CanTimeout;

    public override int ReadTimeout
    {
        get => Inner.ReadTimeout;
        set => Inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => Inner.WriteTimeout;
        set => Inner.WriteTimeout = value;
    }

    public override long Length => throw NotSeekable();

    public override long Position
    {
        get => throw NotSeekable();
        set => throw NotSeekable();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        StreamArguments.Check(buffer, offset, count);
        return _front.IsEmpty ? Inner.Read(buffer, offset, count) : TakeFront(buffer.AsSpan(offset, count));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        StreamArguments.Check(buffer, offset, count);
        if (_front.IsEmpty) return Inner.ReadAsync(buffer, offset, count, cancellationToken);
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled<int>(cancellationToken) : Task.FromResult(TakeFront(buffer.AsSpan(offset, count)));
    }

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override void Write(byte[] buffer, int offset, int count) => Inner.Write(buffer, offset, count);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        Inner.BeginWrite(buffer, offset, count, callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => Inner.EndWrite(asyncResult);

    public override void Flush() => Inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }

    ValueTask IOwnStream.ShutdownWritesAsync() => StreamEnding.ShutdownWritesAsync(Inner);

    void IOwnStream.Abort() => StreamEnding.Reset(Inner);

    public override long Seek(long offset, SeekOrigin origin) => throw NotSeekable();

    public override void SetLength(long value) => throw NotSeekable();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Inner.Dispose();
        base.Dispose(disposing);
    }

    private static NotSupportedException NotSeekable() => new("A connection cannot be sought, and has no length.");

    private int TakeFront(Span<byte> buffer)
    {
        int count = Math.Min(_front.Length, buffer.Length);
        _front.Span.Slice(0, count).CopyTo(buffer);

        // Releases the array with its last byte.
        _front = count == _front.Length ? default : _front.Slice(count);
        return count;
    }
}
