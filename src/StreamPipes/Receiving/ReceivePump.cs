using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Scheduling;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Receiving;

/// <summary>Reads the stream ahead into the receive queue, until the end, a fault, or the order to stop.</summary>
internal sealed class ReceivePump : PumpSignal.IPump, PumpMonitor.IMonitored
{
    private readonly ConnectionState _state;
    private readonly IConnectionEvents _events;
    private readonly ConnectionReader _reader;
    private readonly Dialogue? _dialogue;
    private readonly Transport _transport;
    private readonly TimeLimits? _limits;
    private readonly PumpSignal _signal;
    private readonly DedicatedThread? _thread;
    private readonly bool _choosesReadersThread;
    private readonly bool _waitsOnEmptyReads;
    private readonly long _pauseThreshold;
    private readonly long _resumeThreshold;
    private ReadSize _size;
    private OnceSignal _ended;
    private long _room;
    private long _bytesDiscarded;
    private volatile bool _discards;
    private volatile bool _hasLeftStream;
    private TaskCompletionSource<ReadOnlyMemory<byte>?>? _late;

    // Of the monitor, and odd while a read waits that holds a block although it could wait without one.
    private int _blockReads;
    private int _isMonitored;
    private int _parksSeen;
    private int _blockReadsSeen;

    public ReceivePump(ConnectionReader reader, ConnectionState state, IConnectionEvents events, Dialogue? dialogue, Transport transport, PipeConnectionOptions options, DirectionSettings settings, TimeLimits? limits)
    {
        _reader = reader;
        _state = state;
        _events = events;
        _dialogue = dialogue;
        _transport = transport;
        _limits = limits;
        _size = new ReadSize(options.MinimumReadSize, settings.SegmentSize);
        _choosesReadersThread = settings.EndScheduler is null;
        if (settings.HasOwnThread && transport.MayReadBlocking) _thread = new DedicatedThread("StreamPipes receive");
        _waitsOnEmptyReads = transport.WaitsOnEmptyReads && _thread is null;
        Queue = new ByteQueue(settings.Pool, settings.SegmentSize, options.ClearBuffers);
        _pauseThreshold = settings.PauseThreshold;
        _resumeThreshold = settings.ResumeThreshold;
        _signal = new PumpSignal(this, _thread ?? settings.PumpScheduler);
    }

    public ByteQueue Queue { get; }

    public long BytesReceived => Queue.Published;

    /// <summary>What came after the reader was done, while the connection closes.</summary>
    public long BytesDiscarded => Volatile.Read(ref _bytesDiscarded);

    /// <summary>What holds the pump off the stream.</summary>
    public ReadGate Gate { get; } = new();

    /// <summary>Any thread: whether no byte comes any more.</summary>
    public bool HasLeftStream => _hasLeftStream;

    /// <summary>What the reader receives once it has got every byte, instead of the end: the connection's error, if it had one by then.</summary>
    public ExceptionDispatchInfo? Error { get; private set; }

    /// <summary>Whether the end of the stream was reached. Once the pump has ended.</summary>
    public bool ReachedEndOfStream { get; private set; }

    /// <summary>Ends, and never faults, when the pump has left the stream.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Any thread.</summary>
    public bool HasEnded => _ended.IsSet;

    /// <summary>A reader who waits for more than is there is no reason to pause, however much that is.</summary>
    bool PumpSignal.IPump.HasWork => MustNotPause || Queue.Published - _reader.Examined < Volatile.Read(ref _room) || _reader.IsWaiting;

    bool PumpSignal.IPump.MustNotStayParked => MustNotPause || _dialogue!.HasEnded;

    void PumpSignal.IPump.OnParked() => KeepWatched();

    private bool MustNotPause => _discards || Gate.IsStopped;

    void PumpSignal.IPump.Run() => EmptyExecutionContext.Run(static pump => _ = ((ReceivePump)pump!).RunAsync(), this);

    /// <summary>Has the pump started on the thread pool, or by the first read, whichever comes first.</summary>
    public void Start() => _signal.Start(isOwnThread: _thread is not null);

    /// <summary>Reader: starts or resumes the pump on this thread, if no other thread has got to it yet.</summary>
    public void TryRunQueued()
    {
        if (_transport.NeverBlocks) _signal.TryRunQueued();
    }

    /// <summary>Reader: it has made room, or waits.</summary>
    public void OnExamined() => _signal.Signal();

    /// <summary>
    /// The connection closes: what still comes is of no use, but is to be read up to the end. The pending read continues, which costs less than to
    /// stop it and to begin another.
    /// </summary>
    public void DiscardRest()
    {
        _discards = true;
        _signal.Signal();
    }

    /// <summary>No caller reads any more: stops the pump, unless it discards. A read that must not be cancelled stays in the stream.</summary>
    public void OnReaderCompleted()
    {
        if (!_discards) Stop(_transport.MayCancelReads);
    }

    /// <summary>Any thread: stops the pump, wherever it waits.</summary>
    /// <param name="cancels">Whether the pending read is cancelled; otherwise the pump ends when the stream ends the read.</param>
    public void Stop(bool cancels)
    {
        Gate.Stop(cancels);
        _signal.Signal();
    }

    /// <summary>Stops the pump without cancelling its pending read. Once.</summary>
    /// <returns>The pending read, if there is one: then the pump ends no sooner than that.</returns>
    public LateRead? HandOver()
    {
        // The gate's lock publishes it to the pump.
        _late = Background.NewSource<ReadOnlyMemory<byte>?>();
        LateRead? late = Gate.HandOver() ? new LateRead(_late.Task, () => Gate.Stop(cancels: true)) : null;
        _signal.Signal();
        return late;
    }

    /// <summary>Any thread: the dialogue has ended, and with it the reason to stay parked.</summary>
    public void OnDialogueEnded() => _signal.Signal();

    bool PumpMonitor.IMonitored.CheckStake()
    {
        int parks = _signal.Parks;
        int blockReads = Volatile.Read(ref _blockReads);
        bool isQuiet = parks == _parksSeen && blockReads == _blockReadsSeen;
        if (parks == _parksSeen && _signal.IsParked)
        {
            // The reader blocks, or works for long: what the peer does meanwhile must be noticed.
            _dialogue!.Doubt();
            _signal.Resume();
        }

        // Nothing has come for the read: it goes back to waiting without a block. On the pool, since a token may run anything.
        if (blockReads == _blockReadsSeen && (blockReads & 1) != 0) ThreadPool.UnsafeQueueUserWorkItem(static pump => ((ReceivePump)pump!).Gate.Interrupt(), this);
        _parksSeen = parks;
        _blockReadsSeen = blockReads;
        if (!isQuiet) return true;

        // A full fence, against those before KeepWatched: the pump sees that it is no longer watched, or is seen to have something at stake.
        Interlocked.Exchange(ref _isMonitored, 0);
        bool hasStake = _signal.Parks != parks || Volatile.Read(ref _blockReads) != blockReads;
        return hasStake && Interlocked.CompareExchange(ref _isMonitored, 1, 0) == 0;
    }

    /// <summary>
    /// The loop and the end in one method: no thread that is still below a reader's frame can keep the end from following the loop.
    /// </summary>
    private async Task RunAsync()
    {
        bool reachedEnd = false;
        bool isTruncated = false;
        bool handsOver = false;
        try
        {
            bool waitFirst = _waitsOnEmptyReads;
            bool hasNews = false;
            while (true)
            {
                if (!Gate.TryEnter(out CancellationToken cancellationToken))
                {
                    if (hasNews) WakeReaderOnPool();
                    hasNews = false;
                    if (!await Gate.WaitForTurnAsync().ConfigureAwait(false)) break;
                    if (_thread is not null) await _signal.YieldToScheduler();
                    continue;
                }

                int read = 0;
                Memory<byte> buffer = default;
                Exception? error = null;
                try
                {
                    if (_thread is not null) _transport.WaitForInput(cancellationToken);
                    if (!waitFirst) buffer = Queue.GetMemory(_size.Next);
                    bool wakesReader = hasNews;
                    hasNews = false;
                    if (_thread is not null)
                    {
                        read = _transport.Read(buffer);
                    }
                    else
                    {
                        ValueTask<int> operation = _transport.ReadAsync(buffer, cancellationToken);
                        if (!waitFirst && _waitsOnEmptyReads && !operation.IsCompleted) BeginBlockRead();
                        read = await new ReadAwaitable(operation, wakesReader ? this : null);
                    }
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    WakeReaderOnPool();
                    Queue.OfferTail();
                    _reader.ReleaseIfDrained();
                    waitFirst = _waitsOnEmptyReads;
                    continue;
                }
                catch (Exception e)
                {
                    // Before the gate lets a half-close through that waits for this read: there is none after an error. It is not thrown again, since others may throw
                    // it from here on.
                    NoteFault(e);
                    error = e;
                }
                finally
                {
                    EndBlockRead();
                    handsOver = Gate.Exit();
                }

                if (error is not null)
                {
                    if (handsOver) _late!.TrySetException(error);
                    break;
                }

                if (handsOver)
                {
                    HandOver(buffer, waitFirst ? -1 : read);
                    break;
                }

                if (waitFirst)
                {
                    waitFirst = false;
                    continue;
                }

                if (read == 0)
                {
                    // What looks like the end may turn out to be none: then this throws.
                    isTruncated = !_discards && _transport.IsEndTruncated();
                    reachedEnd = true;
                    break;
                }

                if (_discards || (read == -1 && _thread is not null))
                {
                    if (read > 0) Volatile.Write(ref _bytesDiscarded, _bytesDiscarded + read);
                    Queue.OfferTail();
                    continue;
                }

                Queue.Advance(StreamReads.Checked(read, buffer.Length));

                // Before any thread can know of the bytes: the idle time begins with them.
                _limits?.NoteReceived();
                Queue.Publish();
                Metrics.NoteReceived(read);
                _size.Learn(read, buffer.Length);

                // A buffer that was filled tells that there is more; where a read that then waits in vain cannot be interrupted, no read holds a block.
                waitFirst = _waitsOnEmptyReads && (read < buffer.Length || !_transport.SurvivesCanceledRead);

                // Before a read that may block this thread; otherwise once it has been issued, so that it reads ahead while the reader works.
                if (!_choosesReadersThread) _reader.Wake();
                else if (!_transport.NeverBlocks) WakeReaderOnPool();
                else if (!waitFirst || _dialogue is not { IsOn: true }) hasNews = true;
                else if (_reader.TryClaim()) await _signal.RunReaderThenResume(_reader.Pending);

                if (_pauseThreshold == 0 || Queue.Published - _reader.Examined < _pauseThreshold) continue;
                if (hasNews) WakeReaderOnPool();
                hasNews = false;
                Volatile.Write(ref _room, _resumeThreshold);
                _limits?.NoteHeldUp(true);
                while (!((PumpSignal.IPump)this).HasWork) await _signal;
                _limits?.NoteHeldUp(false);
                Volatile.Write(ref _room, 0);
            }
        }
        catch (Exception e)
        {
            if (handsOver) _late!.TrySetException(e);
            else NoteFault(e);
        }

        ReachedEndOfStream = reachedEnd;

        // Before the reader is resumed: it may complete its end at once.
        if (reachedEnd) _state.NoteEndOfStream(isTruncated);
        Error = _state.Fault?.Error;
        _hasLeftStream = true;
        Queue.OfferTail();
        _reader.Wake();
        Queue.Detach();
        Gate.Dispose();
        _thread?.Stop();

        // For a read that was handed over, and then cancelled.
        _late?.TrySetCanceled();
        _ended.Set();
        _events.OnReceiveEnded();
    }

    /// <summary>A read that we stopped ourselves, or that no caller wants the bytes of, may end in any way.</summary>
    private void NoteFault(Exception error)
    {
        if (!Gate.IsStopped && !_discards) _state.TryFault(CloseReason.ReadFault, error);
    }

    /// <summary>In memory of its own: the block goes back with the pump.</summary>
    private void HandOver(ReadOnlyMemory<byte> buffer, int read)
    {
        if (read == 0) _late!.TrySetResult(null);
        else _late!.TrySetResult(read == -1 ? ReadOnlyMemory<byte>.Empty : buffer.Slice(0, StreamReads.Checked(read, buffer.Length)).ToArray());
    }

    private void WakeReaderHere()
    {
        if (_reader.TryClaim()) _reader.Pending.Complete();
    }

    private void WakeReaderOnPool()
    {
        if (_reader.TryClaim()) _reader.Pending.ScheduleOnPool();
    }

    private void BeginBlockRead()
    {
        if (!_transport.SurvivesCanceledRead) return;

        // A full fence, against the one in CheckStake.
        Interlocked.Increment(ref _blockReads);
        KeepWatched();
    }

    private void EndBlockRead()
    {
        if ((_blockReads & 1) != 0) Volatile.Write(ref _blockReads, _blockReads + 1);
    }

    private void KeepWatched()
    {
        // In a deterministic run no reader may block, and the monitor's time is not the run's.
        if (Volatile.Read(ref _isMonitored) == 0 && Background.Run is null && Interlocked.Exchange(ref _isMonitored, 1) == 0) PumpMonitor.Shared.Watch(this);
    }

    /// <summary>
    /// Awaits a read and wakes the reader meanwhile: here, once the pump's continuation is hooked up, or on the thread pool, if the read is over
    /// already and the pump continues at once.
    /// </summary>
    private readonly struct ReadAwaitable : ICriticalNotifyCompletion
    {
        private readonly ValueTask<int> _operation;
        private readonly ReceivePump? _wakes;

        public ReadAwaitable(ValueTask<int> operation, ReceivePump? wakes)
        {
            _operation = operation;
            _wakes = wakes;
        }

        public bool IsCompleted
        {
            get
            {
                if (!_operation.IsCompleted) return false;
                _wakes?.WakeReaderOnPool();
                return true;
            }
        }

        public ReadAwaitable GetAwaiter() => this;

        public int GetResult() => _operation.ConfigureAwait(false).GetAwaiter().GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            // This very struct may be overwritten by the continuation, on another thread, before the next line.
            ReceivePump? wakes = _wakes;
            _operation.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(continuation);
            wakes?.WakeReaderHere();
        }
    }
}
