namespace StreamPipes.Exploration.Exploring;

/// <summary>A clock for the options of a connection under test: its time stands still, and its timers fire when nothing else can happen.</summary>
public sealed class SimulatedTime : TimeProvider
{
    public override long GetTimestamp() => 0;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        SimulatedTimer timer = new(callback, state, dueTime);
        SimulatedThread.Current?.Execution.Timers.Add(timer);
        return timer;
    }
}
