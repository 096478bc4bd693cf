namespace StreamPipes.Testing;

/// <summary>The base of streams that change one thing about another: what is not overridden goes to the inner stream.</summary>
/// <remarks>
/// <para><b>Ownership.</b> It disposes the inner stream when it is disposed.</para>
/// <para><b>Concurrency.</b> That of the inner stream.</para>
/// </remarks>
public abstract class WrappingStream : TestStream
{
    /// <summary>Wraps a stream.</summary>
    /// <param name="inner">The stream that does the work.</param>
    /// <exception cref="ArgumentNullException"><paramref name="inner"/> is <see langword="null"/>.</exception>
    protected WrappingStream(Stream inner) => Inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public override bool CanRead => Inner.CanRead;

    /// <inheritdoc/>
    public override bool CanWrite => Inner.CanWrite;

    /// <summary>The stream that does the work.</summary>
    protected Stream Inner { get; }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Inner.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }
}
