namespace StreamPipes.Tests.Timeouts;

/// <summary>The system's clock, counting the timers it is asked for.</summary>
internal sealed class CountingTimeProvider : TimeProvider
{
    private int _created;

    public int Created => Volatile.Read(ref _created);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _created);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
