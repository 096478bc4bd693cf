namespace StreamPipes.Internal;

/// <summary>Tells when the stream has been given, and has flushed, everything up to a position; or that it never will.</summary>
internal sealed class DrainSignal
{
    private readonly object _sync = new();
    private TaskCompletionSource<bool>? _waiter;
    private long _target;
    private long _position;
    private bool _isOver;

    public Task WaitAsync(long target)
    {
        lock (_sync)
        {
            if (_isOver || _position >= target) return Task.CompletedTask;
            _target = target;
            _waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    public void Advance(long position)
    {
        lock (_sync)
        {
            _position = position;
            if (position >= _target) _waiter?.TrySetResult(true);
        }
    }

    public void End()
    {
        lock (_sync)
        {
            _isOver = true;
            _waiter?.TrySetResult(true);
        }
    }
}
