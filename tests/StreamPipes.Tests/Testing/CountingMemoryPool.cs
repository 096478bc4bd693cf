using System.Buffers;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// A memory pool that watches its users. Every block is a fresh array filled with 0xAA (so that nobody relies on zeroes); a returned block is
/// filled with 0xAA again and kept, so that <see cref="AssertClean"/> finds writes after the return, besides blocks that were not
/// returned or returned twice. A block size of 16 makes every boundary a frequent one.
/// </summary>
internal sealed class CountingMemoryPool(int blockSize = 4096) : MemoryPool<byte>
{
    private const byte Poison = 0xAA;

    // Bounded, because a bulk transfer returns many.
    private const int QuarantineLimit = 2048;

    private readonly Lock _sync = new();
    private readonly Queue<byte[]> _returned = new();
    private readonly List<string> _misuses = [];
    private readonly TaskCompletionSource _firstDrained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _rented;
    private int _outstanding;

    public override int MaxBufferSize => int.MaxValue;

    public int Rented => Volatile.Read(ref _rented);

    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Ends when, for the first time, everything that was rented has been returned.</summary>
    public Task FirstDrained => _firstDrained.Task;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        Interlocked.Increment(ref _outstanding);
        byte[] array = new byte[Math.Max(blockSize, minBufferSize)];
        array.AsSpan().Fill(Poison);
        return new Block(this, array);
    }

    /// <summary>To be called when everything that used the pool has ended.</summary>
    public void AssertClean()
    {
        lock (_sync)
        {
            while (_returned.TryDequeue(out byte[]? array)) Check(array);
            _misuses.Should().BeEmpty();
        }

        Rented.Should().BePositive("else the pool was not used at all");
        Outstanding.Should().Be(0, "every block is to be returned");
    }

    protected override void Dispose(bool disposing)
    {
        // The blocks are the garbage collector's.
    }

    private void Return(byte[] array)
    {
        array.AsSpan().Fill(Poison);
        lock (_sync)
        {
            _returned.Enqueue(array);
            if (_returned.Count > QuarantineLimit) Check(_returned.Dequeue());
        }

        if (Interlocked.Decrement(ref _outstanding) == 0) _firstDrained.TrySetResult();
    }

    private void Check(byte[] array)
    {
        if (array.AsSpan().ContainsAnyExcept(Poison)) _misuses.Add("written after its return");
    }

    private sealed class Block(CountingMemoryPool pool, byte[] array) : IMemoryOwner<byte>
    {
        private int _returned;

        public Memory<byte> Memory
        {
            get
            {
                ObjectDisposedException.ThrowIf(Volatile.Read(ref _returned) != 0, this);
                return array;
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                pool.Return(array);
            }
            else
            {
                lock (pool._sync) pool._misuses.Add("returned twice");
            }
        }
    }
}
