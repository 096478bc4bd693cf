using StreamPipes.Testing.Running;

namespace StreamPipes.Testing;

/// <summary>
/// Gives fewer bytes per read than are there, and hands fewer on per write of the inner stream, in sizes that are chosen or drawn from a seed: for parsers that take a
/// message to come in one piece.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> It disposes the inner stream when it is disposed.</para>
/// <para><b>Concurrency.</b> One read and one write at a time, concurrently with each other.</para>
/// <para><b>Errors and cancellation.</b> Those of the inner stream. A write that fails or is cancelled may have written some of its pieces.</para>
/// </remarks>
public sealed class ChunkingStream : WrappingStream
{
    private readonly int _readSize;
    private readonly int _writeSize;
    private readonly SeededRandom? _readSizes;
    private readonly SeededRandom? _writeSizes;

    /// <summary>Cuts into pieces of one size.</summary>
    /// <param name="inner">The stream that does the work.</param>
    /// <param name="readSize">How many bytes a read gives at most.</param>
    /// <param name="writeSize">How many bytes are written at a time at most. By default writes are handed on as they are.</param>
    /// <exception cref="ArgumentNullException"><paramref name="inner"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not more than zero.</exception>
    public ChunkingStream(Stream inner, int readSize, int writeSize = int.MaxValue)
        : base(inner)
    {
        if (readSize <= 0) throw new ArgumentOutOfRangeException(nameof(readSize), readSize, "A size is more than zero.");
        if (writeSize <= 0) throw new ArgumentOutOfRangeException(nameof(writeSize), writeSize, "A size is more than zero.");
        _readSize = readSize;
        _writeSize = writeSize;
    }

    private ChunkingStream(Stream inner, int seed, int maximumReadSize, int maximumWriteSize)
        : this(inner, maximumReadSize, maximumWriteSize)
    {
        // Of its own for each direction, since they may run concurrently.
        _readSizes = new SeededRandom((ulong)seed);
        _writeSizes = _readSizes.Fork();
    }

    /// <summary>Cuts into pieces whose sizes are drawn from a seed: small ones more often than large ones.</summary>
    /// <param name="inner">The stream that does the work.</param>
    /// <param name="seed">What the sizes are drawn from. The same seed draws the same sizes.</param>
    /// <param name="maximumReadSize">How many bytes a read gives at most.</param>
    /// <param name="maximumWriteSize">How many bytes are written at a time at most.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="inner"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not more than zero.</exception>
    public static ChunkingStream FromSeed(Stream inner, int seed, int maximumReadSize = 4096, int maximumWriteSize = 4096) => new(inner, seed, maximumReadSize, maximumWriteSize);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer.Slice(0, Math.Min(buffer.Length, Size(_readSizes, _readSize))), cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        do
        {
            int count = Math.Min(buffer.Length, Size(_writeSizes, _writeSize));
            await base.WriteAsync(buffer.Slice(0, count), cancellationToken).ConfigureAwait(false);
            buffer = buffer.Slice(count);
        }
        while (!buffer.IsEmpty);
    }

    private static int Size(SeededRandom? sizes, int maximum) => sizes is null ? maximum : 1 + sizes.Magnitude(maximum - 1);
}
