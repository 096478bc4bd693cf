using System.Buffers;

namespace StreamPipes.Buffers;

/// <summary>
/// A bounded pool of equal blocks, each of which is a segment as well. <see cref="MemoryPool{T}.Shared"/> keeps what it is given per thread, and
/// pumps rent on one thread and return on another: it then allocates half of what is pumped anew. Here every core has a stack that any thread
/// may use, and a store behind them takes what does not fit. Blocks that were of no use from one full collection to the next are let go.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    public const int BlockSize = 32 * 1024;
    private const int MostInStore = 512;

    private readonly PerCore<BlockStack> _stacks = new(static () => new BlockStack(BlockStack.UsualCapacity));
    private readonly BlockStack _store = new(MostInStore);

    private BlockPool()
    {
        _ = new Gen2GcCallback(Trim);
    }

    public static new BlockPool Shared { get; } = new();

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize > BlockSize) throw new ArgumentOutOfRangeException(nameof(minBufferSize), minBufferSize, $"A block holds {BlockSize} bytes.");
        return RentBlock();
    }

    public Block RentBlock()
    {
        Block block = _stacks.Own.TryTake() ?? _store.TryTake() ?? TakeFromAnyStack() ?? new Block(this);
        block.MarkRented();
        return block;
    }

    public void Return(Block block)
    {
        if (!_stacks.Own.TryPut(block)) _store.TryPut(block);
    }

    /// <summary>The process-wide pool lives as long as the process.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>A caller that only rents on one core what is returned on another is served by the other one's stack.</summary>
    private Block? TakeFromAnyStack()
    {
        foreach (BlockStack stack in _stacks.All)
        {
            if (stack.TryTake() is { } block) return block;
        }

        return null;
    }

    private void Trim()
    {
        foreach (BlockStack stack in _stacks.All) stack.Trim();
        _store.Trim();
    }
}
