namespace StreamPipes.Testing.Running;

/// <summary>A timer on virtual time.</summary>
internal sealed class RunTimer : ITimer
{
    private readonly RunLoop _loop;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private TimedWork? _due;
    private TimeSpan _period;
    private bool _isDisposed;

    public RunTimer(RunLoop loop, TimerCallback callback, object? state)
    {
        _loop = loop;
        _callback = callback;
        _state = state;
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _loop.ThrowIfElsewhere("ITimer.Change");
        if (_isDisposed) return false;
        _due?.Cancel();
        _period = period;
        _due = dueTime == Timeout.InfiniteTimeSpan ? null : _loop.After(dueTime, static timer => ((RunTimer)timer!).Fire(), this);
        return true;
    }

    /// <summary>From any thread: the owner may be collected, or be ended elsewhere, when its run is over.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _due?.Cancel();
    }

#if NET
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
#endif

    private void Fire()
    {
        if (_period > TimeSpan.Zero) Change(_period, _period);
        _callback(_state);
    }
}
