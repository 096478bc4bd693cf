using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace StreamPipes.Scheduling;

/// <summary>
/// A pump's wait for something to do. Whoever gives it something ends the wait, once, and the pump goes on where its scheduler says, or, by
/// default, with whoever comes first: the thread pool, where it is queued, or a caller who would have to wait anyway and lends its
/// thread, which saves the hop to another one. The first wait is the start of the pump.
/// </summary>
internal sealed class PumpSignal : ICriticalNotifyCompletion
#if NET
    , IThreadPoolWorkItem
#endif
{
    private const int Running = 0;
    private const int Waiting = 1;
    private const int Woken = 2;
    private const int Parked = 3;

    private readonly IPump _pump;
    private readonly PipeScheduler? _scheduler;
    private readonly bool _canLend;
    private Action? _continuation;
    private int _state = Waiting;
    private int _queued;
    private int _claimant;

#if !NET
    private static readonly WaitCallback ExecuteCallback = static state => ((PumpSignal)state).Execute();
#endif

    /// <param name="pump">Whose wait it is.</param>
    /// <param name="scheduler">Where it goes on; <see langword="null"/> for whoever comes first.</param>
    public PumpSignal(IPump pump, PipeScheduler? scheduler)
    {
        _pump = pump;
        _canLend = scheduler is null;

        // The pool is served without it, since a scheduler makes an object of each call.
        _scheduler = scheduler == PipeScheduler.ThreadPool ? null : scheduler;
    }

    /// <summary>Whether the pump waits, and nobody has ended that yet.</summary>
    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>Whether the pump runs on the thread of a caller, who should not be kept long.</summary>
    public bool IsOnClaimant => Volatile.Read(ref _claimant) == Environment.CurrentManagedThreadId;

    public bool IsCompleted => _pump.HasWork;

    /// <summary>Awaited, the pump gives the thread back to its caller and goes on where its scheduler says, or on the thread pool.</summary>
    public PumpHop Elsewhere => new(this);

    public PumpSignal GetAwaiter() => this;

    public void GetResult()
    {
        // The pump looks for itself.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        _continuation = continuation;

        // A full fence: who gives the pump something afterwards sees it waiting, and what was given before is seen here.
        Interlocked.Exchange(ref _state, Waiting);
        if (_pump.HasWork && TryMove(Waiting, Running)) continuation();
    }

    /// <summary>Goes on where the scheduler says, or on the thread pool, or with the next caller who lends its thread.</summary>
    public void GoOnElsewhere(Action continuation)
    {
        _continuation = continuation;
        Interlocked.Exchange(ref _state, Woken);
        ScheduleRun();
    }

    /// <summary>
    /// Runs somebody else here, while the pump is parked: whoever needs it meanwhile runs it, or has it run. Otherwise it goes on here afterwards.
    /// </summary>
    public void GoOnAfter(Action<object> guest, object state, Action continuation)
    {
        _continuation = continuation;
        Interlocked.Exchange(ref _state, Parked);
        guest(state);

        // It may have gone on and been parked again meanwhile, on another thread: it is anybody's.
        if (TryMove(Parked, Running)) Run();
    }

    /// <summary>There is something to do: ends the wait, if there is one.</summary>
    public void Signal()
    {
        if (TryMove(Waiting, Woken) || TryMove(Parked, Woken)) ScheduleRun();
    }

    /// <summary>Ends the first wait, on the thread pool whatever the scheduler.</summary>
    public void SignalStart()
    {
        if (TryMove(Waiting, Woken)) Queue();
    }

    /// <summary>There is something to do: ends the wait and runs the pump here, if that can be.</summary>
    /// <returns>Whether it could.</returns>
    public bool TryRunHere() => CanLend && TryMove(Waiting, Running) && RunHere();

    /// <summary>Runs the pump here, if it was woken and the thread pool has not got to it yet, or if it is parked.</summary>
    public void RunClaimed()
    {
        int state = Volatile.Read(ref _state);
        if (state is not (Woken or Parked)) return;
        if (!CanLend) Unpark();
        else if (TryMove(state, Running)) RunHere();
    }

    /// <summary>Has the pump go on, if it is parked.</summary>
    public void Unpark()
    {
        if (TryMove(Parked, Woken)) ScheduleRun();
    }

    /// <summary>What the thread pool calls.</summary>
    public void Execute()
    {
        Interlocked.Exchange(ref _queued, 0);
        RunIfWoken();
    }

    /// <summary>A thread with a context of its own is not lent: a stream that captures it might post back to a thread that is blocked.</summary>
    private bool CanLend => _canLend && SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default;

    private bool TryMove(int from, int to) => Volatile.Read(ref _state) == from && Interlocked.CompareExchange(ref _state, to, from) == from;

    private void RunIfWoken()
    {
        if (TryMove(Woken, Running)) Run();
    }

    private bool RunHere()
    {
        // The pump may itself read a connection and lend its thread there, but never to itself.
        Volatile.Write(ref _claimant, Environment.CurrentManagedThreadId);
        try
        {
            Run();
        }
        finally
        {
            Volatile.Write(ref _claimant, 0);
        }

        return true;
    }

    private void Run()
    {
        if (_continuation is { } continuation) continuation();
        else _pump.Start();
    }

    private void ScheduleRun()
    {
        if (_scheduler is null)
        {
            Queue();
            return;
        }

        try
        {
            _scheduler.Schedule(static wait => ((PumpSignal)wait!).RunIfWoken(), this);
        }
        catch (Exception)
        {
            // A scheduler that takes nothing any more must not keep the connection from being closed.
            Queue();
        }
    }

    private void Queue()
    {
        if (Interlocked.Exchange(ref _queued, 1) != 0) return;
#if NET
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#else
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(ExecuteCallback, this);
#endif
    }
}
