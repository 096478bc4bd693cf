namespace StreamPipes.Tests.Hostile;

/// <summary>The system's clock, which knows how many of its timers are armed.</summary>
internal sealed class WatchedTimeProvider : TimeProvider
{
    private int _created;
    private int _armed;

    public int CreatedTimers => Volatile.Read(ref _created);

    /// <summary>How many timers have yet to fire. 0 at the end of a test: nothing was left behind.</summary>
    public int ArmedTimers => Volatile.Read(ref _armed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _created);
        WatchedTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class WatchedTimer : ITimer
    {
        private readonly Lock _sync = new();
        private readonly WatchedTimeProvider _clock;
        private readonly ITimer _timer;
        private readonly Action _callback;
        private bool _isArmed;
        private bool _isPeriodic;

        public WatchedTimer(WatchedTimeProvider clock, Action callback)
        {
            _clock = clock;
            _callback = callback;
            _timer = TimeProvider.System.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_sync)
            {
                if (!_timer.Change(dueTime, period)) return false;
                _isPeriodic = period > TimeSpan.Zero;
                Arm(dueTime != Timeout.InfiniteTimeSpan);
                return true;
            }
        }

        public void Dispose()
        {
            lock (_sync)
            {
                _timer.Dispose();
                Arm(false);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire()
        {
            lock (_sync)
            {
                if (!_isPeriodic) Arm(false);
            }

            _callback();
        }

        private void Arm(bool isArmed)
        {
            if (isArmed == _isArmed) return;
            _isArmed = isArmed;
            Interlocked.Add(ref _clock._armed, isArmed ? 1 : -1);
        }
    }
}
