using System.Buffers;

namespace StreamPipes.Buffers;

/// <summary>Memory for a piece that is larger than what the pool of a connection gives at most.</summary>
internal sealed class PooledArray : IMemoryOwner<byte>
{
    private byte[]? _array;

    public PooledArray(int size) => _array = ArrayPool<byte>.Shared.Rent(size);

    public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(PooledArray));

    public void Dispose()
    {
        byte[]? array = Interlocked.Exchange(ref _array, null);
        if (array is not null) ArrayPool<byte>.Shared.Return(array);
    }
}
