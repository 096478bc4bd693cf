using System.Buffers;
using System.Runtime.ExceptionServices;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Scheduling;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Sending;

/// <summary>Writes to the stream what the writer has published, as few writes as possible, each byte once, and flushes when nothing more is ready.</summary>
internal sealed class SendPump : PumpSignal.IPump
{
    /// <summary>What a caller's thread writes before it is given back, and at most one batch more: what waits by default before a flush does.</summary>
    private const int LongestLoan = DirectionSettings.DefaultPause;

    private readonly ConnectionState _state;
    private readonly IConnectionEvents _events;
    private readonly Transport _transport;
    private readonly DedicatedThread? _thread;
    private readonly long _batchLimit;
    private readonly CancellationTokenSource? _stopWriting;
    private readonly TimeLimits? _limits;
    private OnceSignal _ended;
    private long _bytesFlushed;
    private int _flushesRequested;
    private int _flushesDone;
    private volatile bool _isWriterCompleted;
    private volatile bool _hasLeftStream;
    private volatile bool _isStopped;

    public SendPump(ConnectionState state, IConnectionEvents events, Transport transport, PipeConnectionOptions options, TimeLimits? limits)
    {
        _state = state;
        _events = events;
        _transport = transport;
        _limits = limits;
        _batchLimit = options.FlushThrough ? long.MaxValue : transport.BatchSize;
        DirectionSettings settings = DirectionSettings.ForSending(options);
        if (settings.HasOwnThread) _thread = new DedicatedThread("StreamPipes send");
        Queue = new ByteQueue(settings.Pool, settings.SegmentSize, options.ClearBuffers);
        PauseThreshold = settings.PauseThreshold;
        ResumeThreshold = settings.ResumeThreshold;
        WholeWrite = settings.PumpScheduler is null && transport.WritesToKernel ? Smallest(options.MaximumWriteSize, PauseThreshold) : long.MaxValue;
        Signal = new PumpSignal(this, _thread ?? settings.PumpScheduler);
        PendingFlush = new PendingFlush(state, this, settings);

        // Nothing else can release a write that is stuck in a stream that is not to be disposed.
        if (options.LeaveOpen) _stopWriting = new CancellationTokenSource();
    }

    public ByteQueue Queue { get; }

    public long PauseThreshold { get; }

    public long ResumeThreshold { get; }

    /// <summary>
    /// From that many bytes on that are ready the writer's thread writes them, if no other thread does: a write is full, the bytes are in that processor's cache, and
    /// a thread that the pool wakes, or one that waits in a loop for more, costs more than the write's share of a message.
    /// </summary>
    public long WholeWrite { get; }

    /// <summary>The pump's wait for something to do.</summary>
    public PumpSignal Signal { get; }

    /// <summary>The flush that waits for the pump.</summary>
    public PendingFlush PendingFlush { get; }

    /// <summary>Any thread.</summary>
    public long BytesSent => Queue.Consumed;

    /// <summary>Any thread: how many bytes the stream has taken and flushed.</summary>
    public long FlushedBytes => Volatile.Read(ref _bytesFlushed);

    /// <summary>Any thread: the last request for a flush that has been answered.</summary>
    public int FlushesDone => Volatile.Read(ref _flushesDone);

    /// <summary>Any thread: whether the pump has left the stream.</summary>
    public bool HasLeftStream => _hasLeftStream;

    /// <summary>Why not every byte was written and the half-close done; <see langword="null"/> if they were. Once the pump has ended.</summary>
    public ExceptionDispatchInfo? Error { get; private set; }

    /// <summary>Ends, and never faults, when the pump has left the stream.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Any thread.</summary>
    public bool HasEnded => _ended.IsSet;

    bool PumpSignal.IPump.HasWork => Queue.Published != Queue.Consumed || _isWriterCompleted || _isStopped || HasRequest;

    /// <summary>It runs no reader, so that it is never parked below one.</summary>
    bool PumpSignal.IPump.MustNotStayParked => true;

    private bool HasRequest => Volatile.Read(ref _flushesRequested) != _flushesDone;

    void PumpSignal.IPump.Run() => EmptyExecutionContext.Run(static pump => _ = ((SendPump)pump!).RunAsync(), this);

    void PumpSignal.IPump.OnParked()
    {
        // It is never parked.
    }

    /// <summary>Writer: it has published something, or asked for a flush.</summary>
    /// <param name="runHere">Whether the writer's thread may run the pump now.</param>
    public void OnPublished(bool runHere) => Signal.Signal(runHere);

    /// <summary>Any thread, once: nothing more is published.</summary>
    public void OnWriterCompleted()
    {
        _isWriterCompleted = true;
        Signal.Signal();
    }

    /// <summary>Writer: has the stream flushed although there may be nothing to write. <see cref="OnPublished"/> follows.</summary>
    /// <returns>What <see cref="FlushesDone"/> will have reached then.</returns>
    public int RequestFlush() => Interlocked.Increment(ref _flushesRequested);

    /// <summary>Any thread: runs the pump on the caller's thread, if it was woken and the thread pool has not got to it yet.</summary>
    public void TryRunQueued()
    {
        if (_transport.NeverBlocks) Signal.TryRunQueued();
    }

    /// <summary>Any thread: stops the pump as soon as the stream allows it; what is unsent is dropped.</summary>
    public void Stop()
    {
        _isStopped = true;
        if (_stopWriting is not null) Cancellation.Fire(_stopWriting);
        Signal.Signal();
    }

    /// <summary>The loop and the end in one method, as in the receive pump.</summary>
    private async Task RunAsync()
    {
        bool hasShutDown = false;
        try
        {
            CancellationToken stopWriting = _stopWriting?.Token ?? default;
            bool isLast = false;
            while (!isLast && !_isStopped)
            {
                await Signal;
                long loanEnd = LoanEnd();
                int requests = 0;
                bool hasWritten = false;
                while (!_isStopped)
                {
                    requests = Volatile.Read(ref _flushesRequested);

                    // Before the bytes: after the end there are no more.
                    bool isCompleted = _isWriterCompleted;
                    ReadOnlySequence<byte> batch = TakeBatch(Queue.Peek(out long end));
                    long target = Queue.Consumed + batch.Length;
                    isLast = isCompleted && target == end;
                    if (!batch.IsEmpty)
                    {
                        bool isLent = Signal.IsOnLentThread;
                        _limits?.NoteWriting();
                        if (_thread is not null) _transport.Write(batch);
                        else await _transport.WriteAsync(batch, stopWriting).ConfigureAwait(false);
                        _limits?.NoteWritten(batch.Length);
                        Metrics.NoteBatch(batch.Length, isLent);
                        hasWritten = true;
                        Queue.Consume(target);
                        PendingFlush.Wake();
                    }

                    if (isLast || target == Queue.Published) break;

                    // A caller gives its thread for what was sent before it came, not for what others send meanwhile.
                    if (target < loanEnd || !Signal.IsOnLentThread) continue;
                    await Signal.YieldToScheduler();
                    loanEnd = LoanEnd();
                }

                if (_isStopped) break;
                if (hasWritten || requests != _flushesDone)
                {
                    _limits?.NoteWriting();
                    if (_thread is not null) _transport.Flush();
                    else await _transport.FlushAsync(stopWriting).ConfigureAwait(false);
                    _limits?.NoteWritten(bytes: 0);
                }

                Volatile.Write(ref _bytesFlushed, BytesSent);
                Volatile.Write(ref _flushesDone, requests);
                PendingFlush.Wake();
            }

            if (!_isStopped && !_state.IsDetaching)
            {
                // A peer that does not read can hold up a close_notify as well.
                _limits?.NoteWriting();
                await _events.ShutdownWritesAsync().ConfigureAwait(false);
                _limits?.NoteWritten(bytes: 0);
                hasShutDown = true;
            }
        }
        catch (Exception e)
        {
            // Before others can throw it.
            Error = ExceptionDispatchInfo.Capture(e);
            if (!_isStopped) _state.TryFault(CloseReason.WriteFault, e);
        }

        // What ended the connection during the half-close has not hurt what was sent.
        if (!hasShutDown && (_isStopped || Error is not null)) Error = _state.Fault?.Error ?? Error;
        _hasLeftStream = true;
        Queue.Detach();
        _transport.ReleaseWriteMemory();
        PendingFlush.Wake();
        _thread?.Stop();
        _ended.Set();
        _events.OnSendEnded();
    }

    private long LoanEnd() => Math.Min(Queue.Published, Queue.Consumed + LongestLoan);

    private static long Smallest(int write, long pause) => pause > 0 ? Math.Min(write, pause) : write;

    /// <summary>
    /// A caller's large piece goes as it is; small ones, and the uneven ends of large ones, are taken up to the size of one good write.
    /// </summary>
    private ReadOnlySequence<byte> TakeBatch(in ReadOnlySequence<byte> ready)
    {
        if (ready.Length <= _batchLimit) return ready;
        return ready.Slice(0, Math.Max(_batchLimit, ready.First.Length));
    }
}
