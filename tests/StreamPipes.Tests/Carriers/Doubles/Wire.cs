namespace StreamPipes.Tests.Carriers;

/// <summary>
/// One direction of a connection in memory. It holds little, so that a large payload is never all in it; what was written and not read yet is in flight,
/// and lost when the wire breaks.
/// </summary>
internal sealed class Wire
{
    private const int Capacity = 64 * 1024;

    private readonly Lock _sync = new();
    private readonly byte[] _bytes = new byte[Capacity];
    private TaskCompletionSource _changed = NewSignal();
    private Exception? _broken;
    private int _start;
    private int _count;
    private int _waitingReads;
    private bool _hasEnded;
    private bool _isAbandoned;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_sync)
            {
                if (_broken is not null) throw new IOException(_broken.Message, _broken);
                if (_count > 0 || _hasEnded) return TakeLocked(buffer.Span);
                changed = _changed.Task;
                _waitingReads++;
                ChangeLocked();
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(cancellationToken);
            }
            finally
            {
                lock (_sync) _waitingReads--;
            }
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_sync)
            {
                if (_broken is not null) throw new IOException(_broken.Message, _broken);
                if (_isAbandoned || _hasEnded) throw new IOException("Nobody reads any more.");
                buffer = buffer[PutLocked(buffer.Span)..];
                if (buffer.IsEmpty) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The reader gets the end behind everything in flight.</summary>
    public void End()
    {
        lock (_sync)
        {
            _hasEnded = true;
            ChangeLocked();
        }
    }

    /// <summary>What is in flight is lost, and both sides get an error.</summary>
    public void Break(Exception error)
    {
        lock (_sync)
        {
            if (_hasEnded && _count == 0) return;
            _broken ??= error;
            ChangeLocked();
        }
    }

    /// <summary>Nobody reads any more: the next write fails.</summary>
    public void Abandon()
    {
        lock (_sync)
        {
            _isAbandoned = true;
            ChangeLocked();
        }
    }

    /// <summary>Ends when a read waits for bytes, or never will.</summary>
    public async Task WaitForPendingReadAsync()
    {
        while (true)
        {
            Task changed;
            lock (_sync)
            {
                if (_waitingReads > 0 || _hasEnded || _broken is not null) return;
                changed = _changed.Task;
            }

            await changed;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int TakeLocked(Span<byte> buffer)
    {
        int count = Math.Min(_count, buffer.Length);
        int first = Math.Min(count, Capacity - _start);
        _bytes.AsSpan(_start, first).CopyTo(buffer);
        _bytes.AsSpan(0, count - first).CopyTo(buffer[first..]);
        _start = (_start + count) % Capacity;
        _count -= count;
        if (count > 0) ChangeLocked();
        return count;
    }

    private int PutLocked(ReadOnlySpan<byte> buffer)
    {
        int count = Math.Min(Capacity - _count, buffer.Length);
        int end = (_start + _count) % Capacity;
        int first = Math.Min(count, Capacity - end);
        buffer[..first].CopyTo(_bytes.AsSpan(end));
        buffer[first..count].CopyTo(_bytes);
        _count += count;
        if (count > 0) ChangeLocked();
        return count;
    }

    private void ChangeLocked()
    {
        TaskCompletionSource changed = _changed;
        _changed = NewSignal();
        changed.TrySetResult();
    }
}
