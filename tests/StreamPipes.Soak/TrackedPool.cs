using System.Buffers;
using System.Collections.Concurrent;

namespace StreamPipes.Soak;

/// <summary>
/// A memory pool that counts its blocks and fills them with 0xAA at both ends of their use, so that a late write is found. Every connection has
/// one of its own, which adds to that of the whole run.
/// </summary>
internal sealed class TrackedPool(int blockSize, TrackedPool? whole = null) : MemoryPool<byte>
{
    private const byte Poison = 0xAA;

    // A returned block is looked at again when this many more have come back, or at the end.
    private const int QuarantineLimit = 2048;

    private readonly ConcurrentQueue<byte[]> _returned = new();
    private int _outstanding;
    private long _rented;
    private int _misuses;

    public override int MaxBufferSize => int.MaxValue;

    public int Outstanding => Volatile.Read(ref _outstanding);

    public long Rented => Volatile.Read(ref _rented);

    /// <summary>Blocks returned twice, used after their return, or written after it.</summary>
    public int Misuses => Volatile.Read(ref _misuses);

    /// <summary>Looks at the blocks that came back last. For moments when nobody uses the pool.</summary>
    public void CheckReturned()
    {
        while (_returned.TryDequeue(out byte[]? array)) Check(array);
    }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Count();
        whole?.Count();
        return new Block(this, Math.Max(blockSize, minBufferSize));
    }

    protected override void Dispose(bool disposing)
    {
        // The blocks are the garbage collector's.
    }

    private void Count()
    {
        Interlocked.Increment(ref _outstanding);
        Interlocked.Increment(ref _rented);
    }

    private void Return(byte[] array)
    {
        array.AsSpan().Fill(Poison);
        Interlocked.Decrement(ref _outstanding);
        if (whole is null) Keep(array);
        else whole.Take(array);
    }

    private void Take(byte[] array)
    {
        Interlocked.Decrement(ref _outstanding);
        Keep(array);
    }

    private void Keep(byte[] array)
    {
        _returned.Enqueue(array);
        if (_returned.Count > QuarantineLimit && _returned.TryDequeue(out byte[]? oldest)) Check(oldest);
    }

    private void Check(byte[] array)
    {
        if (array.AsSpan().ContainsAnyExcept(Poison)) Misused();
    }

    private void Misused()
    {
        Interlocked.Increment(ref _misuses);
        whole?.Misused();
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly TrackedPool _pool;
        private readonly byte[] _array;
        private int _returned;

        public Block(TrackedPool pool, int size)
        {
            _pool = pool;
            _array = new byte[size];
            _array.AsSpan().Fill(Poison);
        }

        public Memory<byte> Memory
        {
            get
            {
                if (Volatile.Read(ref _returned) != 0) _pool.Misused();
                return _array;
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0) _pool.Return(_array);
            else _pool.Misused();
        }
    }
}
