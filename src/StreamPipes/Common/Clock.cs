#if !NET
using System.Diagnostics;
#endif

namespace StreamPipes.Common;

/// <summary>Where time limits come from.</summary>
internal sealed class Clock
{
#if NET
    private readonly TimeProvider _provider;

    private Clock(TimeProvider provider) => _provider = provider;

    public static Clock System { get; } = new(TimeProvider.System);

    public static Clock Of(PipeConnectionOptions options) => options.TimeProvider is { } provider ? new Clock(provider) : System;

    public long GetTimestamp() => _provider.GetTimestamp();

    public TimeSpan GetElapsed(long since) => _provider.GetElapsedTime(since);

    private OneShotTimer CreateTimer(TimeSpan dueTime, TimerCallback callback, object state) =>
        _provider.CreateTimer(callback, state, dueTime, Timeout.InfiniteTimeSpan);
#else
    private readonly Func<TimeSpan, TimerCallback, object, OneShotTimer> _createTimer;
    private readonly Func<long> _getTimestamp;

    private Clock()
    {
        _createTimer = static (dueTime, callback, state) => new Timer(callback, state, dueTime, Timeout.InfiniteTimeSpan);
        _getTimestamp = Stopwatch.GetTimestamp;
    }

    public static Clock System { get; } = new();

    public static Clock Of(PipeConnectionOptions options) => options is null ? throw new ArgumentNullException(nameof(options)) : System;

    public long GetTimestamp() => _getTimestamp();

    public TimeSpan GetElapsed(long since) => TimeSpan.FromSeconds((double)(_getTimestamp() - since) / Stopwatch.Frequency);

    private OneShotTimer CreateTimer(TimeSpan dueTime, TimerCallback callback, object state) => _createTimer(dueTime, callback, state);
#endif

    /// <summary>Calls back once, on a thread of the clock's, in an empty execution context.</summary>
    public OneShotTimer StartTimer(TimeSpan dueTime, TimerCallback callback, object state)
    {
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        return CreateTimer(dueTime, callback, state);
    }

    /// <summary>Waits for a task, but no longer than the limit. Its outcome is the caller's to look at, or nobody's.</summary>
    /// <returns>Whether the task ended in time.</returns>
    public async Task<bool> WaitAsync(Task task, TimeSpan limit)
    {
        ObservedTask.ObserveLater(task);
        if (task.IsCompleted) return true;
        TaskCompletionSource<bool> passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using OneShotTimer timer = StartTimer(limit, static passed => ((TaskCompletionSource<bool>)passed!).TrySetResult(true), passed);
        return await Task.WhenAny(task, passed.Task).ConfigureAwait(false) == task;
    }
}
