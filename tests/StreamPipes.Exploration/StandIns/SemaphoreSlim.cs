using StreamPipes.Exploration.Exploring;

namespace StreamPipes;

/// <summary>The framework's class, as far as the library uses it, written so that it can be rewritten: the look without the lock is its own.</summary>
internal sealed class SemaphoreSlim
{
    private readonly object _sync = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiters = new();
    private volatile int _count;

    public SemaphoreSlim(int count) => _count = count;

    public SemaphoreSlim(int count, int maximum)
    {
        _ = maximum;
        _count = count;
    }

    public int CurrentCount => _count;

    public bool Wait(int milliseconds)
    {
        if (milliseconds == 0 && _count == 0) return false;
        lock (_sync)
        {
            if (_count == 0) return milliseconds == 0 ? false : throw new NotSupportedException("A wait with a limit is not simulated.");
            _count--;
            return true;
        }
    }

    public bool Wait(int milliseconds, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Wait(milliseconds);
    }

    public void Wait()
    {
        lock (_sync)
        {
            while (_count == 0) Monitor.Wait(_sync);
            _count--;
        }
    }

    public Task WaitAsync() => WaitAsync(default);

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        lock (_sync)
        {
            if (_count > 0)
            {
                _count--;
                return Task.CompletedTask;
            }

            TaskCompletionSource<bool> waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Enqueue(waiter);
            return waiter.Task;
        }
    }

    public int Release()
    {
        lock (_sync)
        {
            int before = _count;
            if (_waiters.TryDequeue(out TaskCompletionSource<bool>? waiter))
            {
                waiter.TrySetResult(true);
                return before;
            }

            _count = before + 1;
            Monitor.Pulse(_sync);
            return before;
        }
    }

    public void Dispose()
    {
    }
}
