namespace StreamPipes.Exploration.Exploring;

/// <summary>A timer of the simulated clock. It fires only when nothing else can happen any more.</summary>
internal sealed class SimulatedTimer : ITimer
{
    private readonly TimerCallback _callback;
    private readonly object? _state;

    public SimulatedTimer(TimerCallback callback, object? state, TimeSpan dueTime, object? identity = null)
    {
        _callback = callback;
        _state = state;
        Identity = identity;
        Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timer of the framework's that this one stands for.</summary>
    public object? Identity { get; }

    public TimeSpan DueTime { get; private set; }

    public bool IsArmed { get; private set; }

    public void Fire() => _callback(_state);

    public void Disarm() => IsArmed = false;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        IsArmed = dueTime != Timeout.InfiniteTimeSpan;
        return true;
    }

    public void Dispose() => Disarm();

    public ValueTask DisposeAsync()
    {
        Disarm();
        return default;
    }
}
