namespace StreamPipes.Tests.Testing;

/// <summary>Counts what a stream is asked to do. Reads and writes are counted when they start, sizes are the buffers' own.</summary>
internal sealed class CountingStream(Stream inner) : WrappingStream(inner)
{
    private readonly WriteLog _log = new();
    private int _reads;
    private int _zeroByteReads;
    private int _smallestRead = int.MaxValue;
    private int _flushes;
    private int _disposes;

    /// <summary>Reads into a buffer that is not empty.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public int ZeroByteReads => Volatile.Read(ref _zeroByteReads);

    /// <summary>The smallest buffer, other than an empty one, that was offered to a read.</summary>
    public int SmallestRead => Volatile.Read(ref _smallestRead);

    public int Writes => _log.Sizes.Length;

    public IReadOnlyList<int> WriteSizes => _log.Sizes;

    public int Flushes => Volatile.Read(ref _flushes);

    public int Disposes => Volatile.Read(ref _disposes);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            Interlocked.Increment(ref _zeroByteReads);
        }
        else
        {
            Interlocked.Increment(ref _reads);
            if (buffer.Length < SmallestRead) Volatile.Write(ref _smallestRead, buffer.Length);
        }

        return base.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _log.Add(buffer.Span);
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _flushes);
        return base.FlushAsync(cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposes);
        return base.DisposeAsync();
    }
}
