using System.Diagnostics;

namespace StreamPipes.Common.Polyfills;

/// <summary>The framework's abstraction of time, which it has from .NET 8 on.</summary>
internal abstract class TimeProvider
{
    public static TimeProvider System { get; } = new SystemTimeProvider();

    public abstract long GetTimestamp();

    public abstract TimeSpan GetElapsedTime(long startingTimestamp);

    public abstract ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period);

    private sealed class SystemTimeProvider : TimeProvider
    {
        public override long GetTimestamp() => Stopwatch.GetTimestamp();

        public override TimeSpan GetElapsedTime(long startingTimestamp) => TimeSpan.FromSeconds((double)(GetTimestamp() - startingTimestamp) / Stopwatch.Frequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new SystemTimer(new Timer(callback, state, dueTime, period));
    }

    private sealed class SystemTimer : ITimer
    {
        private readonly Timer _timer;

        public SystemTimer(Timer timer) => _timer = timer;

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(dueTime, period);

        public void Dispose() => _timer.Dispose();
    }
}
