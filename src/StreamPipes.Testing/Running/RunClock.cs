namespace StreamPipes.Testing.Running;

/// <summary>Virtual time: it stands still while there is anything to do, and jumps to what is due next.</summary>
internal sealed class RunClock : TimeProvider
{
    private readonly RunLoop _loop;

    public RunClock(RunLoop loop) => _loop = loop;

    public override long GetTimestamp() => _loop.Now.Ticks;

#if NET
    private static readonly DateTimeOffset Beginning = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Beginning + _loop.Now;
#else
    public override TimeSpan GetElapsedTime(long startingTimestamp) => new(_loop.Now.Ticks - startingTimestamp);
#endif

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        RunTimer timer = new(_loop, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
