namespace StreamPipes.Fuzzing.Replay;

/// <summary>
/// What the stream below does, step by step: reads wait until they are fed. It notes what no reader may do: read beside a read, after the end, or while another has it.
/// </summary>
internal sealed class InnerScript(bool honoursTokens, bool isInline)
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changed = new(0);
    private TaskCompletionSource<int>? _pending;
    private Memory<byte> _buffer;
    private long _available;
    private bool _isEnded;
    private bool _hasToldEnd;
    private bool _isReading;
    private Exception? _fault;

    /// <summary>The place in the stream that comes next.</summary>
    public long Position { get; set; }

    /// <summary>Whether nobody may read it: somebody else's read is in it, or it has ended by that.</summary>
    public bool IsForbidden { get; set; }

    /// <summary>The first thing that a reader did wrong.</summary>
    public string? Violation { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Feed(int count) => Change(() => _available += count);

    public void End() => Change(() => _isEnded = true);

    public void Fail(Exception fault) => Change(() => _fault = fault);

    public void Dispose() => Change(() =>
    {
        IsDisposed = true;
        _fault ??= new ObjectDisposedException(nameof(InnerScript));
    });

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        TaskCompletionSource<int> pending = new(isInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            Check(_pending is null && !_isReading, "two reads at once");
            if (honoursTokens && cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
            if (_fault is not null && _available == 0) return ValueTask.FromException<int>(_fault);
            if (HasSomething) return new ValueTask<int>(Take(buffer));
            _pending = pending;
            _buffer = buffer;
        }

        if (honoursTokens) cancellationToken.UnsafeRegister(_ => Cancel(pending, cancellationToken), null);
        return new ValueTask<int>(pending.Task);
    }

    /// <summary>Blocks until there is something.</summary>
    public int Read(Span<byte> buffer)
    {
        lock (_lock)
        {
            Check(_pending is null && !_isReading, "two reads at once");
            _isReading = true;
        }

        while (true)
        {
            lock (_lock)
            {
                if (HasSomething || _fault is not null)
                {
                    _isReading = false;
                    if (_available == 0 && _fault is not null) throw _fault;
                    return Take(buffer);
                }
            }

            _changed.Wait();
        }
    }

    private bool HasSomething => _available > 0 || _isEnded;

    private void Change(Action change)
    {
        TaskCompletionSource<int>? pending;
        Exception? fault = null;
        int read = 0;
        lock (_lock)
        {
            change();
            pending = HasSomething || _fault is not null ? _pending : null;
            if (pending is not null) _pending = null;
            if (pending is not null && HasSomething) read = Take(_buffer.Span);
            else fault = _fault;
        }

        _changed.Release();
        if (fault is null) pending?.TrySetResult(read);
        else pending?.TrySetException(fault);
    }

    private void Cancel(TaskCompletionSource<int> read, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_pending != read) return;
            _pending = null;
        }

        read.TrySetCanceled(cancellationToken);
    }

    private int Take(Memory<byte> buffer) => Take(buffer.Span);

    private int Take(Span<byte> buffer)
    {
        Check(!_hasToldEnd, "a read after the end");
        if (buffer.IsEmpty) return 0;
        int count = (int)Math.Min(_available, buffer.Length);
        if (count == 0) _hasToldEnd = true;
        Content.Fill(buffer[..count], Position);
        Position += count;
        _available -= count;
        return count;
    }

    private void Check(bool holds, string violation)
    {
        if (!holds || IsForbidden) Violation ??= holds ? "a read below that is somebody else's" : violation;
    }
}
