using System.Buffers;

namespace StreamPipes.Buffers;

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
        int size = SizeFor(length);
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
            _array = ArrayPool<byte>.Shared.Rent(SizeFor(length));
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

    /// <summary>Room for the next batches too, unless they may become far larger than they are.</summary>
    private int SizeFor(int length)
    {
        if (length >= _usualSize) return length;
        long size = BlockPool.BlockSize;
        while (size < length) size *= 2;
        return (int)Math.Min(size, _usualSize);
    }

    private void ReturnRented()
    {
        if (_rented is not { } rented) return;
        _rented = null;
        try
        {
            if (_clears) rented.Memory.Span.Clear();
            rented.Dispose();
        }
        catch (Exception)
        {
            // What was joined has been written, or never will be: what a pool says to its block is no error of the connection.
        }
    }

    private void ReturnArray()
    {
        if (_array is null) return;
        ArrayPool<byte>.Shared.Return(_array, _clears);
        _array = null;
    }
}
