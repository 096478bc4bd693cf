namespace StreamPipes.Buffers;

/// <summary>Some unused blocks of a <see cref="BlockPool"/>, the last one in first out.</summary>
internal sealed class BlockStack
{
    public const int UsualCapacity = 32;

    private readonly object _sync = new();
    private readonly Block?[] _blocks;
    private int _count;

    /// <summary>The fewest blocks that lay here since the last trim: that many were of no use.</summary>
    private int _fewest;

    public BlockStack(int capacity) => _blocks = new Block?[capacity];

    public Block? TryTake()
    {
        // Without the lock at first: an empty stack is no place to queue.
        if (Volatile.Read(ref _count) == 0) return null;
        lock (_sync)
        {
            if (_count == 0) return null;
            Block? block = _blocks[--_count];
            _blocks[_count] = null;
            if (_count < _fewest) _fewest = _count;
            return block;
        }
    }

    public bool TryPut(Block block)
    {
        lock (_sync)
        {
            if (_count == _blocks.Length) return false;
            _blocks[_count++] = block;
            return true;
        }
    }

    /// <summary>Lets the blocks go that were not wanted since the last time.</summary>
    public void Trim()
    {
        lock (_sync)
        {
            Array.Clear(_blocks, _count - _fewest, _fewest);
            _count -= _fewest;
            _fewest = _count;
        }
    }
}
