using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace StreamPipes.Internal;

/// <summary>
/// One end's wait for the other: one at a time, without allocating, ended by whoever claims it first. The result is made when it is
/// taken, on the thread that goes on.
/// </summary>
internal abstract class Waiter<T> : IValueTaskSource<T>, IValueTaskSource
#if NET
    , IThreadPoolWorkItem
#endif
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Claimed = 2;

    private readonly PipeScheduler? _scheduler;
    private readonly ValueTaskSourceOnCompletedFlags _ignoredFlags;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellationToken;
    private volatile bool _isTokenCanceled;
    private int _state;

    /// <param name="scheduler">Who runs those that waited; <see langword="null"/> for the thread pool.</param>
    /// <param name="useSynchronizationContext">Whether whoever awaits goes on in the context or scheduler captured there.</param>
    protected Waiter(PipeScheduler? scheduler, bool useSynchronizationContext)
    {
        _scheduler = scheduler == PipeScheduler.ThreadPool ? null : scheduler;
        _ignoredFlags = useSynchronizationContext ? ValueTaskSourceOnCompletedFlags.None : ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
    }

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>Starts to wait. The caller then looks again whether there is anything to wait for.</summary>
    public short Begin(CancellationToken cancellationToken)
    {
        _core.Reset();
        _isTokenCanceled = false;
        _cancellationToken = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
#if NET
            _registration = cancellationToken.UnsafeRegister(static waiter => ((Waiter<T>)waiter!).OnTokenCanceled(), this);
#else
            _registration = cancellationToken.Register(static waiter => ((Waiter<T>)waiter).OnTokenCanceled(), this);
#endif
        }

        // A full fence: whoever publishes afterwards sees the wait, and what was published before is seen by the look that follows.
        Interlocked.Exchange(ref _state, Waiting);
        if (cancellationToken.IsCancellationRequested) OnTokenCanceled();
        return _core.Version;
    }

    /// <summary>Whether the caller is the one to end the wait, by <see cref="Complete"/> or <see cref="Schedule"/>.</summary>
    public bool TryClaim() => Volatile.Read(ref _state) == Waiting && Interlocked.CompareExchange(ref _state, Claimed, Waiting) == Waiting;

    /// <summary>Ends a claimed wait that nobody has been told of yet.</summary>
    public void Withdraw()
    {
        Unregister();
        Volatile.Write(ref _state, Idle);
    }

    /// <summary>Runs whoever waits, here.</summary>
    public void Complete()
    {
        // Here, since nobody may ever take the result; and before it, since whoever goes on may come back at once.
        Unregister();
        Volatile.Write(ref _state, Idle);
        _core.SetResult(true);
    }

    /// <summary>Runs whoever waits where they want to go on.</summary>
    public void Schedule()
    {
        if (_scheduler is not null) _scheduler.Schedule(static waiter => ((Waiter<T>)waiter!).Complete(), this);
        else ScheduleElsewhere();
    }

    /// <summary>Runs whoever waits on the thread pool.</summary>
    public void ScheduleElsewhere()
    {
#if NET
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
#else
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(static waiter => ((Waiter<T>)waiter).Complete(), this);
#endif
    }

    /// <summary>Ends the wait, if there is one, so that it looks at what has happened.</summary>
    public void Wake()
    {
        if (TryClaim()) Schedule();
    }

    public void Execute() => Complete();

    T IValueTaskSource<T>.GetResult(short token) => GetResult(token);

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~_ignoredFlags);

    /// <summary>Makes the result of a wait that has ended, or throws the error.</summary>
    protected abstract T Take();

    private T GetResult(short token)
    {
        _core.GetResult(token);
        if (_isTokenCanceled) throw new OperationCanceledException(_cancellationToken);
        return Take();
    }

    private void Unregister()
    {
        _registration.Dispose();
        _registration = default;
    }

    private void OnTokenCanceled()
    {
        if (!TryClaim()) return;
        _isTokenCanceled = true;
        Schedule();
    }
}
