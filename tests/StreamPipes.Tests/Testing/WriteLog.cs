namespace StreamPipes.Tests.Testing;

/// <summary>What a test double was given to write.</summary>
internal sealed class WriteLog
{
    private readonly Lock _sync = new();
    private readonly List<byte> _bytes = [];
    private readonly List<int> _sizes = [];
    private long _flushed;

    public byte[] Bytes
    {
        get
        {
            lock (_sync) return [.. _bytes];
        }
    }

    public int[] Sizes
    {
        get
        {
            lock (_sync) return [.. _sizes];
        }
    }

    public long Flushed
    {
        get
        {
            lock (_sync) return _flushed;
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_sync)
        {
            _bytes.AddRange(bytes);
            _sizes.Add(bytes.Length);
        }
    }

    public void Flush()
    {
        lock (_sync) _flushed = _bytes.Count;
    }
}
