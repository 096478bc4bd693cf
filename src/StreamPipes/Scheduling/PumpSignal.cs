using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using StreamPipes.Common;

namespace StreamPipes.Scheduling;

/// <summary>
/// A pump's wait for something to do, and who runs the pump then: its scheduler, or, by default, whichever comes first: the thread pool, where the
/// pump is queued, or a caller who would have to wait anyway and lends its thread, which saves the hop to another one.
/// </summary>
/// <remarks>
/// <para>One word says where the pump is. The thread that takes the pump out of a state other than Running by a compare-exchange runs it, or has it run; so it
/// runs on one thread at a time.</para>
/// <code>
///             await                       Signal, and there is work
///  Running ----------> Waiting -------------------------------------> Queued
///     ^  ^                |  Signal(runHere: true), or the look          |
///     |  |                |  that follows the step into Waiting          |
///     |  +----------------+                                              |
///     |     the pool, the scheduler, TryRunQueued, Signal(runHere: true) |
///     +------------------------------------------------------------------+
///     |  RunReaderThenResume            Signal, and the pump must not stay; the monitor
///     +---------------------> Parked ------------------------------------> Queued
///     ^                          |
///     +--------------------------+  the reader's next wait, or the reader's return
/// </code>
/// <para>No wake-up is lost, by a Dekker-style handshake: the pump writes its state (Waiting, or Parked), executes a full fence, and looks at the
/// work; the thread that gives it work writes that, executes a full fence, and looks at the state. At least one of them sees the other's write. Both fences
/// are in this class: the exchange in <see cref="OnCompleted"/> and <see cref="RunReaderThenResume(PendingOperation{ReadResult}, Action)"/>, and the barrier in <see cref="Signal"/>. A
/// signal is a hint: the pump looks at its work itself when it runs.</para>
/// </remarks>
internal sealed class PumpSignal : ICriticalNotifyCompletion, IThreadPoolWorkItem
{
    private const int Running = 0;
    private const int Waiting = 1;
    private const int Queued = 2;
    private const int Parked = 3;

    private readonly IPump _pump;
    private readonly PipeScheduler? _scheduler;
    private readonly bool _isClaimable;

    /// <summary>Pump: set before the state leaves Running, read by the thread that takes the pump out of the new state.</summary>
    private Action? _continuation;
    private int _state = Waiting;
    private int _isInPool;
    private int _inlineThread;
    private int _parks;

    /// <param name="pump">Whose wait it is. Its first wait is its start.</param>
    /// <param name="scheduler">Where the pump runs; <see langword="null"/> for whichever comes first.</param>
    public PumpSignal(IPump pump, PipeScheduler? scheduler)
    {
        _pump = pump;
        _isClaimable = scheduler is null;

        // The pool is served without it, since a scheduler makes an object of each call.
        _scheduler = scheduler == PipeScheduler.ThreadPool ? null : scheduler;
    }

    /// <summary>What a <see cref="PumpSignal"/> has to know of its pump.</summary>
    internal interface IPump
    {
        /// <summary>Any thread: whether there is something to do.</summary>
        bool HasWork { get; }

        /// <summary>Any thread: whether the pump must not stay parked below its reader, who may block.</summary>
        bool MustNotStayParked { get; }

        /// <summary>Pump: it has been parked, and the reader runs next. A full fence came before.</summary>
        void OnParked();

        /// <summary>Starts to run, on whatever thread this is.</summary>
        void Run();
    }

    /// <summary>Pump: whether it runs on the thread of a caller, who should not be kept long.</summary>
    public bool IsOnLentThread => Volatile.Read(ref _inlineThread) == Environment.CurrentManagedThreadId;

    /// <summary>Any thread: how often the pump has been parked.</summary>
    public int Parks => Volatile.Read(ref _parks);

    /// <summary>Any thread: whether the pump is parked now.</summary>
    public bool IsParked => Volatile.Read(ref _state) == Parked;

    /// <summary>Pump: whether it need not wait.</summary>
    public bool IsCompleted => _pump.HasWork;

    public PumpSignal GetAwaiter() => this;

    public void GetResult()
    {
        // The pump looks for itself.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        _continuation = continuation;

        // A full fence, against the one in Signal.
        Leave(Waiting);
        if (_pump.HasWork && TryMove(Waiting, Running)) continuation();
    }

    /// <summary>Pump: gives the thread back and continues where its scheduler says, or with the next caller who lends its thread.</summary>
    public YieldAwaitable YieldToScheduler() => new(this);

    /// <summary>
    /// Pump: runs the reader, whose wait it has claimed, on this thread while the pump is parked, so that a thread that needs the pump meanwhile can run it, or have it run. Otherwise
    /// it continues here when the reader returns.
    /// </summary>
    public ReaderAwaitable RunReaderThenResume(PendingOperation<ReadResult> reader) => new(this, reader);

    /// <summary>Any thread, after it has given the pump something to do or to look at: ends the wait if there is work. It contains its full fence.</summary>
    /// <param name="runHere">Whether the caller's thread may run the pump, if the pump takes lent threads.</param>
    public void Signal(bool runHere = false)
    {
        // Against the exchange by which the pump goes to wait, or is parked.
        Interlocked.MemoryBarrier();
        int state = Volatile.Read(ref _state);
        if (state == Waiting)
        {
            if (!_pump.HasWork) return;
            if (runHere && CanLend)
            {
                if (TryMove(Waiting, Running)) RunHere();
            }
            else if (TryMove(Waiting, Queued))
            {
                Schedule();
            }
        }
        else if (state == Queued && runHere && CanLend)
        {
            if (TryMove(Queued, Running)) RunHere();
        }
        else if (state == Parked && _pump.MustNotStayParked)
        {
            Resume();
        }
    }

    /// <summary>Ends the first wait, whether or not there is work: on the thread pool, or on a thread of the pump's own.</summary>
    public void Start(bool isOwnThread)
    {
        if (!TryMove(Waiting, Queued)) return;
        if (isOwnThread) Schedule();
        else QueueToPool();
    }

    /// <summary>
    /// Any thread: runs the pump here, if it was woken and the thread pool has not got to it yet, or if it is parked. A caller whose thread cannot be
    /// lent has a parked pump resumed elsewhere.
    /// </summary>
    public void TryRunQueued()
    {
        int state = Volatile.Read(ref _state);
        if (state is not (Queued or Parked)) return;
        if (!CanLend) Resume();
        else if (TryMove(state, Running)) RunHere();
    }

    /// <summary>Any thread: has a parked pump continue where its scheduler says.</summary>
    public void Resume()
    {
        if (TryMove(Parked, Queued)) Schedule();
    }

    /// <summary>What the thread pool calls.</summary>
    public void Execute()
    {
        // Before the look at the state: a thread that queues the pump from here on puts it into the pool again.
        Interlocked.Exchange(ref _isInPool, 0);
        RunIfQueued();
    }

    /// <summary>A thread with a context of its own is not lent: a stream that captures it might post back to a thread that is blocked.</summary>
    private bool CanLend => _isClaimable && SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default;

    /// <summary>Pump: the only way out of Running, with a full fence.</summary>
    private void Leave(int to)
    {
        int from = Interlocked.Exchange(ref _state, to);
        Debug.Assert(from == Running, "Only the pump itself leaves Running, and it runs on one thread at a time.");
    }

    private bool TryMove(int from, int to)
    {
        Debug.Assert(from != Running && to is Running or Queued, "A pump is taken out of a wait, to be run.");
        return Volatile.Read(ref _state) == from && Interlocked.CompareExchange(ref _state, to, from) == from;
    }

    private void RunIfQueued()
    {
        if (TryMove(Queued, Running)) Run();
    }

    private void RunHere()
    {
        // The pump may itself read a connection and lend its thread there, but never to itself.
        Volatile.Write(ref _inlineThread, Environment.CurrentManagedThreadId);
        try
        {
            Run();
        }
        finally
        {
            // Unless the next caller has lent its thread already.
            if (IsOnLentThread) Volatile.Write(ref _inlineThread, 0);
        }
    }

    private void Run()
    {
        if (_continuation is { } continuation) continuation();
        else _pump.Run();
    }

    private void Schedule()
    {
        if (_scheduler is null)
        {
            QueueToPool();
            return;
        }

        try
        {
            _scheduler.Schedule(static signal => ((PumpSignal)signal!).RunIfQueued(), this);
        }
        catch (Exception)
        {
            // A scheduler that takes nothing any more must not keep the connection from being closed.
            QueueToPool();
        }
    }

    /// <summary>It lies in the pool once at a time, however often it is claimed before the pool gets to it.</summary>
    private void QueueToPool()
    {
        if (Interlocked.Exchange(ref _isInPool, 1) == 0) Background.Queue(this, preferLocal: false);
    }

    private void YieldToScheduler(Action continuation)
    {
        _continuation = continuation;
        Leave(Queued);
        Schedule();
    }

    private void RunReaderThenResume(PendingOperation<ReadResult> reader, Action continuation)
    {
        _continuation = continuation;
        _parks++;

        // A full fence, against the one in Signal: a thread that stops the pump sees it parked, or is seen here.
        Leave(Parked);
        if (_pump.MustNotStayParked) Resume();
        else _pump.OnParked();
        reader.Complete();

        // It may have been resumed and been parked again meanwhile, on another thread: any thread may take it.
        if (TryMove(Parked, Running)) Run();
    }

    /// <summary>See <see cref="PumpSignal.YieldToScheduler()"/>.</summary>
    internal readonly struct YieldAwaitable : ICriticalNotifyCompletion
    {
        private readonly PumpSignal _signal;

        public YieldAwaitable(PumpSignal signal) => _signal = signal;

        public bool IsCompleted => false;

        public YieldAwaitable GetAwaiter() => this;

        public void GetResult()
        {
            // Nothing to hand over: the hop is the result.
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => _signal.YieldToScheduler(continuation);
    }

    /// <summary>See <see cref="PumpSignal.RunReaderThenResume(PendingOperation{ReadResult})"/>.</summary>
    internal readonly struct ReaderAwaitable : ICriticalNotifyCompletion
    {
        private readonly PumpSignal _signal;
        private readonly PendingOperation<ReadResult> _reader;

        public ReaderAwaitable(PumpSignal signal, PendingOperation<ReadResult> reader)
        {
            _signal = signal;
            _reader = reader;
        }

        public bool IsCompleted => false;

        public ReaderAwaitable GetAwaiter() => this;

        public void GetResult()
        {
            // Nothing to hand over: that the reader has been run is the result.
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => _signal.RunReaderThenResume(_reader, continuation);
    }
}
