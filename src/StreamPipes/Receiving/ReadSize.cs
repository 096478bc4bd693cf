using StreamPipes.Buffers;

namespace StreamPipes.Receiving;

/// <summary>How much room to ask for before a read: more after reads that filled theirs, less after small ones, never a sliver.</summary>
internal struct ReadSize
{
    private readonly int _minimum;
    private readonly int _maximum;

    /// <param name="minimum">The least to ask for.</param>
    /// <param name="blockSize">
    /// The size of the memory's blocks. Of small ones as little as an eighth is enough: otherwise each read of one byte would take a whole block.
    /// </param>
    public ReadSize(int minimum, int blockSize)
    {
        _minimum = Math.Min(minimum, Math.Max(blockSize / 8, 1));
        _maximum = Math.Max(minimum, BlockPool.BlockSize);
        Next = _minimum;
    }

    public int Next { get; private set; }

    public void Learn(int read, int offered)
    {
        if (read == offered) Next = Math.Min(Next * 2, _maximum);
        else if (read < Next / 2) Next = Math.Max(Next / 2, _minimum);
    }
}
