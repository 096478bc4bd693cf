using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>A pool that gives some blocks and then throws the same exception on every rent.</summary>
internal sealed class RefusingMemoryPool(int blocks) : MemoryPool<byte>
{
    private readonly PoisonedMemoryPool _inner = new(blockSize: 256);
    private int _left = blocks;

    public Exception Refusal { get; } = new InsufficientMemoryException("no block is left");

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Interlocked.Decrement(ref _left) >= 0 ? _inner.Rent(minBufferSize) : throw Refusal;

    public void AssertClean()
    {
        if (_inner.Rented > 0) _inner.AssertClean();
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing of its own.
    }
}
