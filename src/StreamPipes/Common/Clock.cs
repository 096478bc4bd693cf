namespace StreamPipes.Common;

/// <summary>Where time limits come from.</summary>
internal sealed class Clock
{
    private readonly TimeProvider _provider;

    private Clock(TimeProvider provider) => _provider = provider;

    public static Clock System { get; } = new(TimeProvider.System);

    public static Clock Of(PipeConnectionOptions options) => options.TimeProvider is { } provider ? new Clock(provider) : System;

    /// <summary>
    /// Has the runtime start the thread of its timers, which it does with the first. When no descriptor is left it cannot, and a server that has had no timer before would have no
    /// time limits then.
    /// </summary>
    public static void StartTimers() => new Timer(static _ => { }, state: null, dueTime: 1, Timeout.Infinite).Dispose();

    public long GetTimestamp() => _provider.GetTimestamp();

    public TimeSpan GetElapsed(long since) => _provider.GetElapsedTime(since);

    /// <summary>Calls back once for each <see cref="ITimer.Change"/>, on a thread of the clock's, in an empty execution context.</summary>
    public ITimer StartTimer(TimeSpan dueTime, TimerCallback callback, object state)
    {
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        return _provider.CreateTimer(callback, state, dueTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for a task, but no longer than the limit. Its outcome is the caller's to look at, or to ignore.</summary>
    /// <returns>Whether the task ended in time.</returns>
    public async Task<bool> WaitAsync(Task task, TimeSpan limit)
    {
        ObservedTask.ObserveLater(task);
        if (task.IsCompleted) return true;
        TaskCompletionSource<bool> passed = Background.NewSource<bool>();
        using ITimer timer = StartTimer(limit, static passed => ((TaskCompletionSource<bool>)passed!).TrySetResult(true), passed);
        return await Task.WhenAny(task, passed.Task).ConfigureAwait(false) == task;
    }
}
