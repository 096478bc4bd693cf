using System.IO.Pipelines;

namespace StreamPipes.Tests.SharedWriting;

/// <summary>
/// A writer that keeps what is written, whose flushes can be held and made to fail, and whose memory can run out. It allows one use at a time, as
/// <c>PipeWriter.Create(stream)</c> does: nothing may be written while a flush is pending.
/// </summary>
internal sealed class ScriptedPipeWriter(int pieceSize = 4096) : PipeWriter
{
    private readonly Lock _sync = new();
    private readonly List<byte> _written = [];
    private readonly List<TaskCompletionSource> _waiters = [];
    private byte[]? _piece;
    private TaskCompletionSource<FlushResult>? _pending;
    private bool _holds;

    /// <summary>How many pieces of memory there are; then it throws.</summary>
    public int PiecesLeft { get; set; } = int.MaxValue;

    public Exception? MemoryError { get; set; }

    public Exception? FlushError { get; set; }

    public int Flushes { get; private set; }

    public int Misuses { get; private set; }

    public Exception? CompletedWith { get; private set; }

    public bool IsCompleted { get; private set; }

    public byte[] Written
    {
        get
        {
            lock (_sync) return [.. _written];
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Check();
        if (PiecesLeft-- <= 0) throw MemoryError!;
        return _piece = new byte[Math.Max(pieceSize, sizeHint)];
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        Check();
        lock (_sync) _written.AddRange(_piece.AsSpan(0, bytes));
    }

    /// <summary>Flushes are pending from now on, until <see cref="Release"/> or <see cref="Fail"/>.</summary>
    public void Hold() => _holds = true;

    public void Release(FlushResult result = default, bool holdsOn = false)
    {
        _holds = holdsOn;
        TakePending().SetResult(result);
    }

    public void Fail(Exception exception)
    {
        _holds = false;
        TakePending().SetException(exception);
    }

    /// <summary>Ends when a flush is pending.</summary>
    public Task GetHeldTask()
    {
        lock (_sync)
        {
            if (_pending is not null) return Task.CompletedTask;
            TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
            return waiter.Task;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Check();
        Flushes++;
        if (FlushError is not null) throw FlushError;
        if (!_holds) return new ValueTask<FlushResult>(default(FlushResult));
        lock (_sync)
        {
            _pending = new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (TaskCompletionSource waiter in _waiters) waiter.SetResult();
            _waiters.Clear();
            return new ValueTask<FlushResult>(_pending.Task);
        }
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
        IsCompleted = true;
        CompletedWith = exception;
    }

    private TaskCompletionSource<FlushResult> TakePending()
    {
        lock (_sync)
        {
            TaskCompletionSource<FlushResult> pending = _pending!;
            _pending = null;
            return pending;
        }
    }

    private void Check()
    {
        lock (_sync)
        {
            if (_pending is not null || IsCompleted) Misuses++;
        }
    }
}
