namespace StreamPipes.Benchmarks.Counts;

/// <summary>Counts the calls that reach the stream under a contender. Reads into an empty buffer wait for data and are not counted.</summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    private int _reads;
    private int _writes;
    private int _flushes;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The counts so far, from zero again after each call.</summary>
    public (int Writes, int Reads, int Flushes) Take() => (Interlocked.Exchange(ref _writes, 0), Interlocked.Exchange(ref _reads, 0), Interlocked.Exchange(ref _flushes, 0));

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (count > 0) Interlocked.Increment(ref _reads);
        return inner.Read(buffer, offset, count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!buffer.IsEmpty) Interlocked.Increment(ref _reads);
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Interlocked.Increment(ref _writes);
        inner.Write(buffer, offset, count);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _writes);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        Interlocked.Increment(ref _flushes);
        inner.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _flushes);
        return inner.FlushAsync(cancellationToken);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
