namespace StreamPipes.Tests.Testing;

/// <summary>
/// A clock that stands still until <see cref="Advance"/>, which runs the timers that fall due, in their order, on the calling thread.
/// Await <see cref="WaitForTimersAsync"/> before advancing when the timer is started by other code.
/// </summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _sync = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiters = [];
    private readonly List<(TimeSpan Limit, TaskCompletionSource Signal)> _dueWaiters = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are armed now. 0 at the end of a test: nothing was left behind.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_sync) return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Ends when at least that many timers are armed.</summary>
    public Task WaitForTimersAsync(int count)
    {
        lock (_sync)
        {
            if (_timers.Count >= count) return Task.CompletedTask;
            TaskCompletionSource signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, signal));
            return signal.Task;
        }
    }

    /// <summary>Ends when a timer is armed that falls due no later than that from now.</summary>
    public Task WaitForTimerWithinAsync(TimeSpan limit)
    {
        lock (_sync)
        {
            if (_timers.Exists(timer => timer.DueAt <= _now + limit)) return Task.CompletedTask;
            TaskCompletionSource signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _dueWaiters.Add((limit, signal));
            return signal.Task;
        }
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan end = Now + by;
        while (TakeDue(end) is { } timer) timer.Fire();
        lock (_sync) _now = end;
    }

    internal void Arm(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_sync)
        {
            _timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan) return;
            timer.DueAt = _now + dueTime;
            _timers.Add(timer);
            foreach ((int count, TaskCompletionSource signal) in _waiters)
            {
                if (_timers.Count >= count) signal.TrySetResult();
            }

            foreach ((TimeSpan limit, TaskCompletionSource signal) in _dueWaiters)
            {
                if (dueTime <= limit) signal.TrySetResult();
            }
        }
    }

    private TimeSpan Now
    {
        get
        {
            lock (_sync) return _now;
        }
    }

    private ManualTimer? TakeDue(TimeSpan end)
    {
        lock (_sync)
        {
            ManualTimer? next = _timers.MinBy(timer => timer.DueAt);
            if (next is null || next.DueAt > end) return null;
            _timers.Remove(next);
            if (next.DueAt > _now) _now = next.DueAt;
            return next;
        }
    }
}
