using System.Buffers;
using System.Globalization;

namespace StreamPipes.Testing;

/// <summary>
/// A memory pool that watches its users: it counts what is rented and returned, fills blocks with a pattern before they are rented and after they are returned, and
/// finds writes after the return and blocks that are returned twice.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> Each block is a fresh array. Disposing the pool does nothing; its counts remain readable.</para>
/// <para><b>Concurrency.</b> Any thread, at any time. The checks belong where everything that used the pool has ended.</para>
/// <para><b>Errors.</b> The memory of a returned block throws <see cref="ObjectDisposedException"/>. A second return is noted, not thrown, since it happens in the code
/// under test.</para>
/// </remarks>
public sealed class CountingMemoryPool : MemoryPool<byte>
{
    private const byte Poison = 0xAA;

    // Bounded, because a bulk transfer returns many.
    private const int QuarantineLimit = 2048;

    private readonly object _sync = new();
    private readonly Queue<byte[]> _quarantine = new();
    private readonly List<string> _misuses = [];
    private readonly int _blockSize;
    private long _rented;
    private long _returned;

    /// <summary>Makes a pool.</summary>
    /// <param name="blockSize">The size of its blocks, unless a larger one is asked for. A small one makes every boundary a frequent one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="blockSize"/> is not more than zero.</exception>
    public CountingMemoryPool(int blockSize = 4096) =>
        _blockSize = blockSize > 0 ? blockSize : throw new ArgumentOutOfRangeException(nameof(blockSize), blockSize, "A size is more than zero.");

    /// <inheritdoc/>
    public override int MaxBufferSize => int.MaxValue;

    /// <summary>How many blocks have been rented.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    /// <summary>How many blocks have been returned.</summary>
    public long Returned => Interlocked.Read(ref _returned);

    /// <summary>How many blocks are out.</summary>
    public long Outstanding => Rented - Returned;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        byte[] array = new byte[Math.Max(_blockSize, minBufferSize)];
        array.AsSpan().Fill(Poison);
        Interlocked.Increment(ref _rented);
        return new Block(this, array);
    }

    /// <summary>Looks through the returned blocks that it still has: the last 2,048.</summary>
    /// <returns>What has been done wrong with blocks so far: one line for each time.</returns>
    public IReadOnlyList<string> GetMisuses()
    {
        lock (_sync)
        {
            foreach (byte[] array in _quarantine) Check(array);
            return [.. _misuses];
        }
    }

    /// <summary>Throws if blocks are out, or have been misused.</summary>
    /// <exception cref="InvalidOperationException">Blocks have not been returned, have been returned twice, or written to after their return.</exception>
    public void ThrowIfOutstanding()
    {
        if (Outstanding != 0) throw new InvalidOperationException(string.Format(CultureInfo.InvariantCulture, "{0} of {1} rented blocks have not been returned.", Outstanding, Rented));
        IReadOnlyList<string> misuses = GetMisuses();
        if (misuses.Count > 0) throw new InvalidOperationException($"Blocks have been misused: {string.Join("; ", misuses)}.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The blocks are the garbage collector's.
    }

    private void Return(byte[] array)
    {
        array.AsSpan().Fill(Poison);
        lock (_sync)
        {
            _quarantine.Enqueue(array);
            if (_quarantine.Count > QuarantineLimit) Check(_quarantine.Dequeue());
        }

        Interlocked.Increment(ref _returned);
    }

    /// <summary>Once for each write: the pattern is made whole again.</summary>
    private void Check(byte[] array)
    {
        if (Array.TrueForAll(array, value => value == Poison)) return;
        _misuses.Add($"a block of {array.Length.ToString(CultureInfo.InvariantCulture)} bytes was written to after its return");
        array.AsSpan().Fill(Poison);
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly CountingMemoryPool _pool;
        private readonly byte[] _array;
        private int _isReturned;

        public Block(CountingMemoryPool pool, byte[] array)
        {
            _pool = pool;
            _array = array;
        }

        public Memory<byte> Memory => Volatile.Read(ref _isReturned) == 0 ? _array : throw new ObjectDisposedException(nameof(IMemoryOwner<byte>));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            {
                _pool.Return(_array);
                return;
            }

            lock (_pool._sync) _pool._misuses.Add($"a block of {_array.Length.ToString(CultureInfo.InvariantCulture)} bytes was returned twice");
        }
    }
}
