using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>
/// Holds one wake-up for whoever comes first: the thread pool, where it is queued, or a caller who would have to wait anyway and runs it
/// itself, which saves the hop to another thread.
/// </summary>
internal sealed class ClaimableScheduler : PipeScheduler
#if NET
    , IThreadPoolWorkItem
#endif
{
    private readonly object _sync = new();
    private Action<object?>? _action;
    private object? _state;
    private bool _queued;
    private int _claimant;

#if !NET
    private static readonly WaitCallback ExecuteCallback = static state => ((ClaimableScheduler)state).Execute();
#endif

    /// <summary>Whether the running wake-up was claimed, and still runs on the claimant's thread: it should not keep it long.</summary>
    public bool IsOnClaimant => Volatile.Read(ref _claimant) == Environment.CurrentManagedThreadId;

    public override void Schedule(Action<object?> action, object? state)
    {
        bool queue;
        lock (_sync)
        {
            _action = action;
            _state = state;
            queue = !_queued;
            _queued = true;
        }

        if (!queue) return;
#if NET
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#else
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(ExecuteCallback, this);
#endif
    }

    /// <summary>
    /// Runs the wake-up here, if one waits. Not on a thread with a context of its own, where a stream that captures it might post back to
    /// a thread that is blocked.
    /// </summary>
    public void RunClaimed()
    {
        if (Volatile.Read(ref _action) is null || SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default) return;
        if (!TryTake(out Action<object?>? action, out object? state)) return;

        // A wake-up may itself read a connection and claim there, but never the one that runs.
        Volatile.Write(ref _claimant, Environment.CurrentManagedThreadId);
        try
        {
            action!(state);
        }
        finally
        {
            Volatile.Write(ref _claimant, 0);
        }
    }

    /// <summary>What the thread pool calls.</summary>
    public void Execute()
    {
        lock (_sync)
        {
            _queued = false;
        }

        if (TryTake(out Action<object?>? action, out object? state)) action!(state);
    }

    private bool TryTake(out Action<object?>? action, out object? state)
    {
        lock (_sync)
        {
            (action, _action) = (_action, null);
            (state, _state) = (_state, null);
        }

        return action is not null;
    }
}
