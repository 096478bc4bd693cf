using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>A pool whose blocks throw when they are given back, for as long as it is told to.</summary>
internal sealed class SpitefulMemoryPool : MemoryPool<byte>
{
    private const int BlockSize = 64;

    private int _given;
    private int _returned;

    public Exception Spite { get; } = new InvalidOperationException("keep it");

    public bool IsSpiteful { get; set; }

    /// <summary>How many blocks nobody has tried to give back.</summary>
    public int Outstanding => Volatile.Read(ref _given) - Volatile.Read(ref _returned);

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _given);
        return new Block(this, new byte[Math.Max(BlockSize, minBufferSize)]);
    }

    protected override void Dispose(bool disposing)
    {
        // The blocks are the garbage collector's.
    }

    private void Return()
    {
        Interlocked.Increment(ref _returned);
        if (IsSpiteful) throw Spite;
    }

    private sealed class Block(SpitefulMemoryPool pool, byte[] array) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => array;

        public void Dispose() => pool.Return();
    }
}
