namespace StreamPipes.Testing;

/// <summary>
/// Fails at a chosen byte or a chosen call, with an exception of the test's own: the peer that resets the connection at the worst moment. Until then it is its inner
/// stream.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> It disposes the inner stream when it is disposed.</para>
/// <para><b>Concurrency.</b> One read and one write at a time, concurrently with each other. The limits are set before the stream is used.</para>
/// <para><b>Errors.</b> The exception is thrown as it is, the same object each time, from the failing call on.</para>
/// </remarks>
public sealed class FaultyStream : WrappingStream
{
    private readonly Exception _fault;
    private long _bytesRead;
    private long _bytesWritten;
    private int _reads;
    private int _writes;
    private int _flushes;

    /// <summary>Wraps a stream. It fails nowhere before a limit is set.</summary>
    /// <param name="inner">The stream that does the work.</param>
    /// <param name="fault">What is thrown.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public FaultyStream(Stream inner, Exception fault)
        : base(inner) => _fault = fault ?? throw new ArgumentNullException(nameof(fault));

    /// <summary>How many bytes can be read before reading fails. Default: no limit. A read is cut off at the limit.</summary>
    public long ReadableBytes { get; set; } = long.MaxValue;

    /// <summary>How many bytes can be written before writing fails. Default: no limit. A write that goes past it writes what is before it, and then fails.</summary>
    public long WritableBytes { get; set; } = long.MaxValue;

    /// <summary>The call of a read, counted from 1, from which on reads fail. Default: none.</summary>
    public int FailingRead { get; set; } = int.MaxValue;

    /// <summary>The call of a write, counted from 1, from which on writes fail. Default: none.</summary>
    public int FailingWrite { get; set; } = int.MaxValue;

    /// <summary>The call of a flush, counted from 1, from which on flushes fail. Default: none.</summary>
    public int FailingFlush { get; set; } = int.MaxValue;

    /// <summary>Whether the dispose fails, after it has disposed the inner stream. Default <see langword="false"/>.</summary>
    public bool FailsDispose { get; set; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (++_reads >= FailingRead || _bytesRead >= ReadableBytes) throw _fault;
        int count = await base.ReadAsync(buffer.Slice(0, (int)Math.Min(buffer.Length, ReadableBytes - _bytesRead)), cancellationToken).ConfigureAwait(false);
        _bytesRead += count;
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (++_writes >= FailingWrite) throw _fault;
        int count = (int)Math.Min(buffer.Length, WritableBytes - _bytesWritten);
        if (count > 0) await base.WriteAsync(buffer.Slice(0, count), cancellationToken).ConfigureAwait(false);
        _bytesWritten += count;
        if (count < buffer.Length) throw _fault;
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        ++_flushes >= FailingFlush ? Task.FromException(_fault) : base.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        if (FailsDispose) throw _fault;
    }
}
