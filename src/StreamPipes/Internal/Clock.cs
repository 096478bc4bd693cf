namespace StreamPipes.Internal;

/// <summary>Where time limits come from.</summary>
internal sealed class Clock
{
    private static readonly Func<TimerCallback, object, TimeSpan, IDisposable> SystemTimer =
        static (callback, state, dueTime) => new Timer(callback, state, dueTime, Timeout.InfiniteTimeSpan);

    private static readonly Clock System = new(SystemTimer);

    private readonly Func<TimerCallback, object, TimeSpan, IDisposable> _startTimer;

    private Clock(Func<TimerCallback, object, TimeSpan, IDisposable> startTimer) => _startTimer = startTimer;

#if NET
    public static Clock Of(PipeConnectionOptions options) => options.TimeProvider is { } provider
        ? new Clock((callback, state, dueTime) => provider.CreateTimer(callback, state, dueTime, Timeout.InfiniteTimeSpan))
        : System;
#else
    public static Clock Of(PipeConnectionOptions options) => options is null ? throw new ArgumentNullException(nameof(options)) : System;
#endif

    /// <summary>Calls back once, on a thread of the clock's, in an empty execution context.</summary>
    public IDisposable StartTimer(TimeSpan dueTime, TimerCallback callback, object state)
    {
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        return _startTimer(callback, state, dueTime);
    }

    /// <summary>Waits for a task, but no longer than the limit. It looks at no outcome.</summary>
    /// <returns>Whether the task ended in time.</returns>
    public async Task<bool> WaitAsync(Task task, TimeSpan limit)
    {
        if (task.IsCompleted) return true;
        TaskCompletionSource<bool> passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable timer = StartTimer(limit, static passed => ((TaskCompletionSource<bool>)passed!).TrySetResult(true), passed);
        return await Task.WhenAny(task, passed.Task).ConfigureAwait(false) == task;
    }
}
