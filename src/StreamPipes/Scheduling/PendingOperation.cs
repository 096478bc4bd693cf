using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace StreamPipes.Scheduling;

/// <summary>
/// One end's wait for the other: one at a time, without allocating, ended by whoever claims it first. The result is made when it is
/// taken, on the thread that goes on.
/// </summary>
internal abstract class PendingOperation<T> : IValueTaskSource<T>, IValueTaskSource
#if NET
    , IThreadPoolWorkItem
#endif
{
    // The state of a wait, and above it a number that tells one wait from the next.
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Claimed = 2;
    private const int StateMask = 3;
    private const int NextNumber = StateMask + 1;

    private readonly PipeScheduler? _scheduler;
    private readonly ValueTaskSourceOnCompletedFlags _ignoredFlags;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellationToken;
    private volatile bool _isTokenCanceled;
    private int _number;
    private int _state;

    /// <param name="scheduler">Who runs those that waited; <see langword="null"/> for the thread pool.</param>
    /// <param name="useSynchronizationContext">Whether whoever awaits goes on in the context or scheduler captured there.</param>
    protected PendingOperation(PipeScheduler? scheduler, bool useSynchronizationContext)
    {
        _scheduler = scheduler == PipeScheduler.ThreadPool ? null : scheduler;
        _ignoredFlags = useSynchronizationContext ? ValueTaskSourceOnCompletedFlags.None : ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
    }

    public bool IsWaiting => IsWaitingIn(Volatile.Read(ref _state));

    /// <summary>Whether somebody waits, or is about to be told that it is over.</summary>
    public bool IsPending => Volatile.Read(ref _state) != Idle;

    /// <summary>Whether there is nothing to wait for any more. What makes it so is published with a full fence, and asks by <see cref="TryClaim"/>.</summary>
    protected abstract bool IsOver { get; }

    /// <summary>Starts to wait. The caller then asks by <see cref="TryClaim"/> whether there is anything to wait for.</summary>
    public short Begin(CancellationToken cancellationToken)
    {
        _core.Reset();
        _isTokenCanceled = false;
        _cancellationToken = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
#if NET
            _registration = cancellationToken.UnsafeRegister(static waiter => ((PendingOperation<T>)waiter!).OnTokenCanceled(), this);
#else
            _registration = cancellationToken.Register(static waiter => ((PendingOperation<T>)waiter).OnTokenCanceled(), this);
#endif
        }

        // A full fence: whoever publishes afterwards sees the wait, and what was published before is seen by the look that follows.
        Interlocked.Exchange(ref _state, (_number += NextNumber) | Waiting);
        if (cancellationToken.IsCancellationRequested) OnTokenCanceled();
        return _core.Version;
    }

    /// <summary>
    /// Whether the wait is over and the caller is the one to end it, by <see cref="Complete"/> or <see cref="Schedule"/>. Only the wait that was
    /// looked at: it may end meanwhile and the next begin, which has looked for itself and may have nothing yet.
    /// </summary>
    public bool TryClaim()
    {
        int wait = Volatile.Read(ref _state);
        return IsWaitingIn(wait) && IsOver && TryTake(wait);
    }

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
        if (_scheduler is null)
        {
            ScheduleElsewhere();
            return;
        }

        int claimed = Volatile.Read(ref _state);
        try
        {
            _scheduler.Schedule(static waiter => ((PendingOperation<T>)waiter!).Complete(), this);
        }
        catch (Exception) when (Volatile.Read(ref _state) == claimed)
        {
            // A scheduler that takes nothing any more must neither keep anybody waiting nor hurt who came to wake them.
            ScheduleElsewhere();
        }
    }

    /// <summary>Runs whoever waits on the thread pool.</summary>
    public void ScheduleElsewhere()
    {
#if NET
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
#else
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(static waiter => ((PendingOperation<T>)waiter).Complete(), this);
#endif
    }

    /// <summary>Ends the wait, if there is one and it is over.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
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

    private static bool IsWaitingIn(int state) => (state & StateMask) == Waiting;

    private bool TryTake(int wait) => Interlocked.CompareExchange(ref _state, wait - Waiting + Claimed, wait) == wait;

    /// <summary>For the wait under way only: it does not end before its registration is gone, and that not while this runs.</summary>
    private void OnTokenCanceled()
    {
        int wait = Volatile.Read(ref _state);
        if (!IsWaitingIn(wait) || !TryTake(wait)) return;
        _isTokenCanceled = true;
        Schedule();
    }
}
