using System.Buffers;

namespace StreamPipes.Buffers;

/// <summary>A block of the <see cref="BlockPool"/>, for a caller that rents memory, and a segment of a queue at the same time.</summary>
internal sealed class Block : Segment, IMemoryOwner<byte>
{
    private readonly BlockPool _pool;
    private readonly Memory<byte> _all;
    private int _rented;

    public Block(BlockPool pool)
    {
        _pool = pool;
#if NET
        // On the pinned heap, where blocks in flight do not get in the way of compaction.
        _all = System.Runtime.InteropServices.MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockPool.BlockSize, pinned: true), 0, BlockPool.BlockSize);
#else
        _all = new byte[BlockPool.BlockSize];
#endif
        Own(this);
    }

    Memory<byte> IMemoryOwner<byte>.Memory => _all;

    public void MarkRented() => _rented = 1;

    /// <summary>A second return would give one block to two owners: it is ignored.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, 0) == 1) _pool.Return(this);
    }

    protected override void GiveBack() => Dispose();
}
