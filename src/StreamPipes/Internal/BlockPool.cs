using System.Buffers;

namespace StreamPipes.Internal;

/// <summary>
/// A bounded pool of equal blocks. <see cref="MemoryPool{T}.Shared"/> keeps what it is given per thread, and pumps rent on one thread and
/// return on another: it then allocates half of what is pumped anew.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    public const int BlockSize = 32 * 1024;
    private const int MaximumIdleBlocks = 512;

    private readonly object _sync = new();
    private readonly Block[] _idle = new Block[MaximumIdleBlocks];
    private int _idleCount;

    public static new BlockPool Shared { get; } = new();

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize > BlockSize) throw new ArgumentOutOfRangeException(nameof(minBufferSize), minBufferSize, $"A block holds {BlockSize} bytes.");
        lock (_sync)
        {
            if (_idleCount > 0)
            {
                Block block = _idle[--_idleCount];
                block.MarkRented();
                return block;
            }
        }

        return new Block(this);
    }

    /// <summary>The process-wide pool lives as long as the process.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        lock (_sync)
        {
            if (_idleCount < MaximumIdleBlocks) _idle[_idleCount++] = block;
        }
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly BlockPool _pool;
        private readonly Memory<byte> _memory;
        private int _rented = 1;

        public Block(BlockPool pool)
        {
            _pool = pool;
#if NET
            // On the pinned heap, where blocks in flight do not get in the way of compaction.
            _memory = System.Runtime.InteropServices.MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true), 0, BlockSize);
#else
            _memory = new byte[BlockSize];
#endif
        }

        public Memory<byte> Memory => _memory;

        public void MarkRented() => _rented = 1;

        /// <summary>A second return would give one block to two owners: it is ignored.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _rented, 0) == 1) _pool.Return(this);
        }
    }
}
