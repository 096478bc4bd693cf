using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>
/// A pool of memory that is no array, with guard bytes before and behind every block: who writes outside it is found. Nothing is reused, and
/// a block that was returned throws when it is asked for its memory.
/// </summary>
internal sealed class GuardedNativePool(int blockSize) : MemoryPool<byte>
{
    private readonly Lock _sync = new();
    private readonly List<string> _misuses = [];
    private int _rented;
    private int _outstanding;

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        Interlocked.Increment(ref _outstanding);
        return new GuardedNativeBlock(Math.Max(blockSize, minBufferSize), OnReturned);
    }

    public void AssertClean()
    {
        lock (_sync) _misuses.Should().BeEmpty();
        _rented.Should().BePositive("else the pool was not used at all");
        _outstanding.Should().Be(0, "every block is to be returned");
    }

    protected override void Dispose(bool disposing)
    {
        // Every block frees its own memory.
    }

    private void OnReturned(string? misuse)
    {
        if (misuse is null or GuardedNativeBlock.WrittenOutside) Interlocked.Decrement(ref _outstanding);
        if (misuse is null) return;
        lock (_sync) _misuses.Add(misuse);
    }
}
