namespace StreamPipes.Soak;

/// <summary>The system's clock, which knows how many timers were not disposed.</summary>
internal sealed class TrackedTimers : TimeProvider
{
    private int _alive;
    private long _created;

    /// <summary>Armed and not disposed.</summary>
    public int Alive => Volatile.Read(ref _alive);

    public long Created => Volatile.Read(ref _created);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _created);
        return new Timer(this, callback, state, dueTime);
    }

    // The library's timers fire once. One that has fired, or was put to rest, holds nothing.
    private sealed class Timer : ITimer
    {
        private readonly TrackedTimers _owner;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;
        private int _isArmed;

        public Timer(TrackedTimers owner, TimerCallback callback, object? state, TimeSpan dueTime)
        {
            _owner = owner;
            _callback = callback;
            _state = state;
            _timer = System.CreateTimer(Fire, state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Set(dueTime == Timeout.InfiniteTimeSpan ? 0 : 1);
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            _timer.Dispose();
            Set(0);
        }

        public ValueTask DisposeAsync()
        {
            Set(0);
            return _timer.DisposeAsync();
        }

        private void Fire(object? state)
        {
            Set(0);
            _callback(_state);
        }

        private void Set(int armed)
        {
            int before = Interlocked.Exchange(ref _isArmed, armed);
            if (before != armed) Interlocked.Add(ref _owner._alive, armed - before);
        }
    }
}
