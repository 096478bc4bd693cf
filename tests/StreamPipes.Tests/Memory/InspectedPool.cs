using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>A pool that looks into what comes back: whether anything but zeros is in it.</summary>
internal sealed class InspectedPool(int blockSize) : MemoryPool<byte>
{
    private int _returned;
    private int _withContent;

    public override int MaxBufferSize => int.MaxValue;

    public int Returned => Volatile.Read(ref _returned);

    public int ReturnedWithContent => Volatile.Read(ref _withContent);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(this, new byte[Math.Max(blockSize, minBufferSize)]);

    protected override void Dispose(bool disposing)
    {
        // The blocks are the garbage collector's.
    }

    private sealed class Block(InspectedPool pool, byte[] array) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => array;

        public void Dispose()
        {
            if (array.AsSpan().ContainsAnyExcept((byte)0)) Interlocked.Increment(ref pool._withContent);
            Interlocked.Increment(ref pool._returned);
        }
    }
}
