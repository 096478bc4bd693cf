using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>
/// A pool that really hands blocks out again, so that a use after the return hurts: 0xAA on rent and on return, and the poison is looked at
/// before the next rent. <see cref="AssertClean"/> wants every block back, once.
/// </summary>
internal sealed class PoisonedMemoryPool(int blockSize) : MemoryPool<byte>
{
    private const byte Poison = 0xAA;

    private readonly Lock _sync = new();
    private readonly Dictionary<int, Stack<byte[]>> _free = [];
    private readonly List<string> _misuses = [];
    private int _rented;
    private int _outstanding;

    public override int MaxBufferSize => int.MaxValue;

    public int Rented => Volatile.Read(ref _rented);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        int size = Math.Max(blockSize, minBufferSize);
        lock (_sync)
        {
            _rented++;
            _outstanding++;
            byte[] array = FreeOf(size).TryPop(out byte[]? free) ? free : Poisoned(size);
            Look(array);
            return new Block(this, array);
        }
    }

    /// <summary>To be called when everything that used the pool has ended.</summary>
    public void AssertClean()
    {
        lock (_sync)
        {
            AssertUnharmed();
            _rented.Should().BePositive("else the pool was not used at all");
            _outstanding.Should().Be(0, "every block is to be returned");
        }
    }

    /// <summary>The same, if a stream that hangs may keep what it has.</summary>
    public void AssertUnharmed()
    {
        lock (_sync)
        {
            foreach (byte[] array in _free.Values.SelectMany(free => free)) Look(array);
            _misuses.Should().BeEmpty();
        }
    }

    protected override void Dispose(bool disposing)
    {
        // The blocks are the garbage collector's.
    }

    private static byte[] Poisoned(int size)
    {
        byte[] array = new byte[size];
        array.AsSpan().Fill(Poison);
        return array;
    }

    private Stack<byte[]> FreeOf(int size)
    {
        if (!_free.TryGetValue(size, out Stack<byte[]>? free)) _free.Add(size, free = []);
        return free;
    }

    private void Look(byte[] array)
    {
        if (array.AsSpan().ContainsAnyExcept(Poison)) _misuses.Add($"a block of {array.Length} was written after its return");
    }

    private void Return(byte[] array)
    {
        lock (_sync)
        {
            _outstanding--;
            array.AsSpan().Fill(Poison);
            FreeOf(array.Length).Push(array);
        }
    }

    private void NoteSecondReturn()
    {
        lock (_sync) _misuses.Add("a block was returned twice");
    }

    private sealed class Block(PoisonedMemoryPool pool, byte[] array) : IMemoryOwner<byte>
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
            if (Interlocked.Exchange(ref _returned, 1) == 0) pool.Return(array);
            else pool.NoteSecondReturn();
        }
    }
}
