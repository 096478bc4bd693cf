using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>
/// A pool of memory that is no array, with guard bytes before and behind every block: who writes outside it is found. Nothing is reused. A
/// block that was returned throws when it is asked for its memory, and is kept for a while, so that who still writes to its address is found too.
/// </summary>
internal sealed class GuardedNativePool(int blockSize) : MemoryPool<byte>
{
    // Bounded, because a bulk transfer returns many.
    private const int QuarantineLimit = 1024;

    private readonly Lock _sync = new();
    private readonly Queue<GuardedNativeBlock> _returned = new();
    private readonly List<string> _misuses = [];
    private int _rented;
    private int _outstanding;

    public override int MaxBufferSize => int.MaxValue;

    public int Rented => Volatile.Read(ref _rented);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        Interlocked.Increment(ref _outstanding);
        return new GuardedNativeBlock(Math.Max(blockSize, minBufferSize), this);
    }

    /// <summary>To be called when everything that used the pool has ended.</summary>
    public void AssertClean()
    {
        AssertUnharmed();
        _rented.Should().BePositive("else the pool was not used at all");
        _outstanding.Should().Be(0, "every block is to be returned");
    }

    /// <summary>The same, if a stream that hangs may keep what it has.</summary>
    public void AssertUnharmed()
    {
        lock (_sync)
        {
            while (_returned.TryDequeue(out GuardedNativeBlock? block)) Free(block);
            _misuses.Should().BeEmpty();
        }
    }

    public void Return(GuardedNativeBlock block)
    {
        Interlocked.Decrement(ref _outstanding);
        lock (_sync)
        {
            _returned.Enqueue(block);
            if (_returned.Count > QuarantineLimit) Free(_returned.Dequeue());
        }
    }

    public void NoteSecondReturn()
    {
        lock (_sync) _misuses.Add("returned twice");
    }

    protected override void Dispose(bool disposing)
    {
        // Every block is freed by itself.
    }

    private void Free(GuardedNativeBlock block)
    {
        if (block.Free() is { } misuse) _misuses.Add(misuse);
    }
}
