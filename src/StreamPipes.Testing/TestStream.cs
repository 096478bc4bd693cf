namespace StreamPipes.Testing;

/// <summary>
/// The base of streams made for tests: duplex, not seekable, and every flavour of read, write, flush and dispose leads to the one asynchronous method that a derived
/// class overrides.
/// </summary>
/// <remarks>
/// <para><b>Concurrency.</b> As of any stream: one read and one write at a time, concurrently with each other.</para>
/// <para><b>Errors.</b> The blocking methods wait for the asynchronous ones and throw what those throw. Seeking, the length and the position throw
/// <see cref="NotSupportedException"/>.</para>
/// </remarks>
public abstract class TestStream : Stream, IAsyncDisposable
{
    /// <summary>Makes the base of a stream.</summary>
    protected TestStream()
    {
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw NotSeekable();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw NotSeekable();
        set => throw NotSeekable();
    }

#if NET
    /// <inheritdoc/>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract override ValueTask DisposeAsync();
#else
    /// <summary>Reads into memory; what all other reads lead to.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many bytes were read; 0 at the end.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Writes memory; what all other writes lead to.</summary>
    /// <param name="buffer">The bytes to write.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When the bytes are written.</returns>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Disposes the stream; what every dispose leads to.</summary>
    /// <returns>When it is disposed.</returns>
    public abstract ValueTask DisposeAsync();
#endif

    /// <inheritdoc/>
    public abstract override Task FlushAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw NotSeekable();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw NotSeekable();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private protected static ObjectDisposedException Disposed(string name) => new(name);

    private static NotSupportedException NotSeekable() => new("A stream of a connection cannot be sought, and has no length.");
}
