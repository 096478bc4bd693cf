using System.Buffers;

namespace StreamPipes.Internal;

/// <summary>Copies the pieces of a batch side by side, so that they cost one write, one TLS record, one system call.</summary>
internal sealed class WriteJoiner
{
    private readonly MemoryPool<byte> _pool;
    private readonly int _usualSize;
    private readonly bool _clears;
    private IMemoryOwner<byte>? _rented;
    private byte[]? _array;

    public WriteJoiner(PipeConnectionOptions options)
    {
        _pool = options.SendPipeOptions?.Pool ?? BlockPool.Shared;
        _usualSize = options.MaximumWriteSize;
        _clears = options.ClearBuffers;
    }

    public ReadOnlyMemory<byte> Join(in ReadOnlySequence<byte> batch)
    {
        int length = checked((int)batch.Length);
        int size = Math.Max(length, _usualSize);
        if (size > _pool.MaxBufferSize) return JoinToArray(batch);
        if (_rented is null || _rented.Memory.Length < length)
        {
            ReturnRented();
            _rented = _pool.Rent(size);
        }

        batch.CopyTo(_rented.Memory.Span);
        return _rented.Memory.Slice(0, length);
    }

    public ArraySegment<byte> JoinToArray(in ReadOnlySequence<byte> batch)
    {
        int length = checked((int)batch.Length);
        if (_array is null || _array.Length < length)
        {
            ReturnArray();
            _array = ArrayPool<byte>.Shared.Rent(Math.Max(length, _usualSize));
        }

        batch.CopyTo(_array);
        return new ArraySegment<byte>(_array, 0, length);
    }

    /// <summary>Gives the memory back, so that an idle connection holds none.</summary>
    public void Release()
    {
        ReturnRented();
        ReturnArray();
    }

    private void ReturnRented()
    {
        if (_rented is null) return;
        if (_clears) _rented.Memory.Span.Clear();
        _rented.Dispose();
        _rented = null;
    }

    private void ReturnArray()
    {
        if (_array is null) return;
        ArrayPool<byte>.Shared.Return(_array, _clears);
        _array = null;
    }
}
