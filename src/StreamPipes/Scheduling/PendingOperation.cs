using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using StreamPipes.Common;

namespace StreamPipes.Scheduling;

/// <summary>
/// One end's wait for the other: one at a time, without allocating, ended by the thread that claims it first. The result is made when it is
/// taken, on the thread that resumes.
/// </summary>
/// <remarks>
/// <para>One word holds where the wait is and, above that, a number that tells one wait from the next. The thread that moves it from Waiting to Claimed is
/// the one who ends it.</para>
/// <code>
///  Idle --- TryReserve ---> Claimed ----- Begin -----> Waiting ---- TryClaim, the token ----> Claimed
///   ^                           |                                                              |
///   +---- Begin, if it is over -+                                              Complete (runs the waiter)
///   |                                                                                          v
///   +---------------------- GetResult, or Complete where no result need be taken --------- Ended
/// </code>
/// <para>A wait that has ended is not free before its result is taken, which the resumed caller does first: a second caller, who comes against the contract,
/// cannot take the source of the result from below it.</para>
/// <para>No end is lost, by a Dekker-style handshake: the waiter writes the state, executes a full fence (the exchange in
/// <see cref="Begin"/>) and looks at <see cref="IsOver"/>; the thread that makes it over writes that, executes a full fence (the barrier in
/// <see cref="TryClaim"/>) and looks at the state. At least one of them sees the other's write.</para>
/// </remarks>
internal abstract class PendingOperation<T> : IValueTaskSource<T>, IValueTaskSource, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Claimed = 2;
    private const int Ended = 3;
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
    /// <param name="useSynchronizationContext">Whether the awaiting caller resumes in the context or scheduler captured there.</param>
    protected PendingOperation(PipeScheduler? scheduler, bool useSynchronizationContext)
    {
        _scheduler = scheduler == PipeScheduler.ThreadPool ? null : scheduler;
        _ignoredFlags = useSynchronizationContext ? ValueTaskSourceOnCompletedFlags.None : ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
    }

    /// <summary>Any thread: whether a caller waits whom no thread has claimed yet.</summary>
    public bool IsWaiting => IsWaitingIn(Volatile.Read(ref _state));

    /// <summary>Any thread: whether a caller waits, or is about to be resumed.</summary>
    public bool IsPending => Volatile.Read(ref _state) != Idle;

    /// <summary>Any thread: whether there is nothing to wait for any more.</summary>
    protected abstract bool IsOver { get; }

    /// <summary>Whether the next wait may begin although the result of the last has not been taken.</summary>
    protected abstract bool MayBeDropped { get; }

    /// <summary>
    /// Any thread, after it has published what may end the wait: claims it, if it is over. The caller then ends it, by <see cref="Complete"/> or
    /// <see cref="Schedule"/>, at once: a claimed wait can no longer be cancelled. Only the wait that was looked at: it may end meanwhile and the
    /// next begin, which has looked for itself and may have nothing yet. It contains its full fence.
    /// </summary>
    public bool TryClaim()
    {
        // Against the exchange in Begin.
        Interlocked.MemoryBarrier();
        return TryClaimSeen();
    }

    /// <summary>The claimant: runs the waiter, here.</summary>
    public void Complete()
    {
        LeaveToken();
        int ended = Volatile.Read(ref _state) - Claimed + Ended;
        Volatile.Write(ref _state, ended);
        _core.SetResult(true);

        // The resumed caller has taken the result, and may wait again by now; or no caller ever will.
        if (MayBeDropped) Interlocked.CompareExchange(ref _state, Idle, ended);
    }

    /// <summary>The claimant: runs the waiter where it wants to resume.</summary>
    public void Schedule()
    {
        if (_scheduler is null)
        {
            ScheduleOnPool();
            return;
        }

        int claimed = Volatile.Read(ref _state);
        try
        {
            _scheduler.Schedule(static operation => ((PendingOperation<T>)operation!).Complete(), this);
        }
        catch (Exception) when (Volatile.Read(ref _state) == claimed)
        {
            // A scheduler that takes nothing any more must neither keep a caller waiting nor hurt who came to wake it.
            ScheduleOnPool();
        }
    }

    /// <summary>The claimant: runs the waiter on the thread pool.</summary>
    public void ScheduleOnPool()
    {
        Debug.Assert((Volatile.Read(ref _state) & StateMask) == Claimed, "Only a claimed wait is ended.");
        Background.Queue(this, preferLocal: true);
    }

    /// <summary>Any thread, after it has published what may end the wait: ends it, if it is over.</summary>
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

    /// <summary>The waiting end: takes the one wait there is, to note in it what is waited for. <see cref="Begin"/> follows.</summary>
    /// <returns>False if another wait is pending, whatever two threads do that both mean to be the one who waits here.</returns>
    protected bool TryReserve() => Interlocked.CompareExchange(ref _state, Claimed, Idle) == Idle;

    /// <summary>The waiting end: starts to wait, unless there is nothing to wait for.</summary>
    /// <param name="cancellationToken">Ends this wait only.</param>
    /// <param name="task">What the caller gets if it waits.</param>
    /// <returns>Whether the caller waits. Otherwise no wait is pending, and the result can be made at once.</returns>
    protected bool Begin(CancellationToken cancellationToken, out ValueTask<T> task)
    {
        _core.Reset();
        _isTokenCanceled = false;
        _cancellationToken = cancellationToken;
        task = new ValueTask<T>(this, _core.Version);
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(static operation => ((PendingOperation<T>)operation!).OnTokenCanceled(), this);

        // A full fence, against the one in TryClaim.
        Interlocked.Exchange(ref _state, (_number += NextNumber) | Waiting);
        if (cancellationToken.IsCancellationRequested) OnTokenCanceled();
        if (!TryClaimSeen()) return true;
        LeaveToken();
        Volatile.Write(ref _state, Idle);
        return false;
    }

    /// <summary>Makes the result of a wait that has ended, or throws the error.</summary>
    protected abstract T MakeResult();

    private T GetResult(short token)
    {
        _core.GetResult(token);
        int ended = Volatile.Read(ref _state);
        if ((ended & StateMask) == Ended) Interlocked.CompareExchange(ref _state, Idle, ended);
        if (_isTokenCanceled) throw new OperationCanceledException(_cancellationToken);
        return MakeResult();
    }

    private void LeaveToken()
    {
        Debug.Assert((_state & StateMask) == Claimed, "Only a claimed wait is ended.");
        _registration.Dispose();
        _registration = default;
    }

    private bool TryClaimSeen()
    {
        int wait = Volatile.Read(ref _state);
        return IsWaitingIn(wait) && IsOver && TryTake(wait);
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
