namespace StreamPipes.Internal;

/// <summary>How much room to ask for before a read: more after reads that filled theirs, less after small ones, never a sliver.</summary>
internal struct ReadSize
{
    private readonly int _minimum;
    private readonly int _maximum;

    public ReadSize(int minimum)
    {
        _minimum = minimum;
        _maximum = Math.Max(minimum, BlockPool.BlockSize);
        Next = minimum;
    }

    public int Next { get; private set; }

    public void Learn(int read, int offered)
    {
        if (read == offered) Next = Math.Min(Next * 2, _maximum);
        else if (read < Next / 2) Next = Math.Max(Next / 2, _minimum);
    }
}
