namespace StreamPipes.Tests.Testing;

/// <summary>A timer of <see cref="ManualTimeProvider"/>.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, Action callback) : ITimer
{
    private TimeSpan _period;
    private bool _disposed;

    public TimeSpan DueAt { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_disposed) return false;
        _period = period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : period;
        clock.Arm(this, dueTime);
        return true;
    }

    public void Fire()
    {
        clock.Arm(this, _period);
        callback();
    }

    public void Dispose()
    {
        _disposed = true;
        clock.Arm(this, Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
