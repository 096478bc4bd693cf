using System.Buffers;
using System.Runtime.InteropServices;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>Memory that is filled with nonsense when it is given back, and knows whether it was given back twice or never.</summary>
internal sealed class CheckedPool : MemoryPool<byte>
{
    private readonly int _size;
    private readonly Tally _rented = new("rented");
    private readonly HashSet<byte[]> _back = [];

    public CheckedPool(int size) => _size = size;

    public const byte Nonsense = 0xDD;

    public int Rented => _rented.Value;

    public override int MaxBufferSize => _size;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        _rented.Add(1);
        return new Owner(this);
    }

    /// <summary>Whether memory that the pool has given out has been given back.</summary>
    public bool HasGoneBack(Memory<byte> memory) => MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment) && _back.Contains(segment.Array!);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Owner : IMemoryOwner<byte>
    {
        private readonly CheckedPool _pool;
        private readonly byte[] _bytes;
        private bool _isBack;

        public Owner(CheckedPool pool)
        {
            _pool = pool;
            _bytes = new byte[pool._size];
        }

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            if (_isBack) SimulatedFailure.Throw("memory has been given back twice");
            _isBack = true;
            _bytes.AsSpan().Fill(Nonsense);
            _pool._back.Add(_bytes);
            _pool._rented.Add(-1);
        }
    }
}
