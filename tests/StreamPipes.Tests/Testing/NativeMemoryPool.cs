using System.Buffers;

namespace StreamPipes.Tests.Testing;

/// <summary>A pool of memory that is no array, as pinned and native pools hand out.</summary>
internal sealed class NativeMemoryPool(int blockSize = 4096) : MemoryPool<byte>
{
    private int _outstanding;

    public override int MaxBufferSize => int.MaxValue;

    public int Outstanding => Volatile.Read(ref _outstanding);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _outstanding);
        return new NativeBlock(Math.Max(blockSize, minBufferSize), () => Interlocked.Decrement(ref _outstanding));
    }

    protected override void Dispose(bool disposing)
    {
        // Every block frees its own memory.
    }
}
