using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.Scheduling;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Sending;

/// <summary>Writes to the stream what the writer has published, as few writes as possible, each byte once, and flushes when nothing more is ready.</summary>
internal sealed class SendPump : IPump
{
    private const int SureOfDialogue = 2;

    private readonly ConnectionLifetime _lifetime;
    private readonly Transport _transport;
    private readonly PumpSignal _wait;
    private readonly DedicatedThread? _thread;
    private readonly SendPace? _pace;
    private readonly long _batchLimit;
    private readonly CancellationTokenSource? _stopWriting;
    private readonly TimeLimits? _watch;
    private OnceSignal _ended;
    private int _flushesSinceWait;
    private int _dialogue;
    private long _bytesFlushed;
    private int _flushesRequested;
    private int _flushesDone;
    private volatile bool _isWriterCompleted;
    private volatile bool _isOver;
    private volatile bool _stopped;

    public SendPump(ConnectionLifetime lifetime, Transport transport, PipeConnectionOptions options, TimeLimits? watch)
    {
        _lifetime = lifetime;
        _transport = transport;
        _watch = watch;
        _batchLimit = options.FlushThrough ? long.MaxValue : transport.BatchSize;
        PipeOptions pipe = options.SendPipeOptions ?? PipeDefaults.Of(options.Scheduling);
        if (options.Scheduling == PumpScheduling.DedicatedThreads) _thread = new DedicatedThread("StreamPipes send");
        bool isClaimable = options.SendPipeOptions is null && options.Scheduling == PumpScheduling.Default;
        if (isClaimable && !options.FlushThrough) _pace = SendPace.Create(options.MaximumWriteSize);
        Queue = new ByteQueue(pipe.Pool, pipe.MinimumSegmentSize, options.ClearBuffers);
        PauseThreshold = pipe.PauseWriterThreshold;
        ResumeThreshold = pipe.ResumeWriterThreshold;
        WriterScheduler = pipe.WriterScheduler;
        UseSynchronizationContext = pipe.UseSynchronizationContext && options.SendPipeOptions is not null;
        _wait = new PumpSignal(this, _thread ?? (isClaimable ? null : pipe.ReaderScheduler));

        // Nothing else can release a write that is stuck in a stream that is not to be disposed.
        if (options.LeaveOpen) _stopWriting = new CancellationTokenSource();
    }

    public ByteQueue Queue { get; }

    public long PauseThreshold { get; }

    public long ResumeThreshold { get; }

    public PipeScheduler WriterScheduler { get; }

    public bool UseSynchronizationContext { get; }

    /// <summary>The flush that waits for the pump.</summary>
    public PendingFlush? PendingFlush { get; set; }

    public long BytesSent => Queue.Consumed;

    /// <summary>How many bytes the stream has been given and has flushed.</summary>
    public long FlushedBytes => Volatile.Read(ref _bytesFlushed);

    /// <summary>The last request for a flush that has been answered.</summary>
    public int FlushesDone => Volatile.Read(ref _flushesDone);

    /// <summary>Whether the pump has left the stream.</summary>
    public bool IsOver => _isOver;

    /// <summary>Why not every byte was written and the half-close done; <see langword="null"/> if they were.</summary>
    public Exception? EndError { get; private set; }

    /// <summary>Ends, and never faults, when the pump has left the stream.</summary>
    public Task Ended => _ended.Task;

    public bool HasEnded => _ended.IsSet;

    /// <summary>Whether each flush has been followed by a wait for the answer.</summary>
    public bool IsInDialogue => _dialogue >= SureOfDialogue && !_isWriterCompleted;

    bool IPump.HasWork => Queue.Published != Queue.Consumed || _isWriterCompleted || _stopped || HasRequest;

    private bool HasRequest => Volatile.Read(ref _flushesRequested) != _flushesDone;

    void IPump.Start() => EmptyExecutionContext.Run(static pump => _ = ((SendPump)pump!).RunAsync(), this);

    /// <summary>
    /// The writer has published something, or asked for a flush. In a dialogue, where each message is followed by the wait for its
    /// answer, the writer sends it itself: it would lend its thread a moment later anyway.
    /// </summary>
    /// <param name="isReaderWaiting">Whether somebody waits for input: then the writer is not the one who will.</param>
    public void OnPublished(bool isReaderWaiting)
    {
        bool isFirst = ++_flushesSinceWait == 1;
        if (isFirst && IsInDialogue && !isReaderWaiting && _transport.NeverBlocks && _wait.TryRunHere()) return;
        _wait.Signal();
    }

    /// <summary>Somebody has nothing left to read, and lends the thread.</summary>
    public void OnReaderWaits()
    {
        // Two flows may write and read at the same time: a guess that is a little wrong does no harm.
        if (_flushesSinceWait != 0) _dialogue = _flushesSinceWait == 1 ? Math.Min(_dialogue + 1, SureOfDialogue) : 0;
        _flushesSinceWait = 0;
        RunClaimed();
    }

    public void OnWriterCompleted()
    {
        _isWriterCompleted = true;
        Interlocked.MemoryBarrier();
        _wait.Signal();
    }

    /// <summary>Has the stream flushed although there may be nothing to write. <see cref="OnPublished"/> follows.</summary>
    /// <returns>What <see cref="FlushesDone"/> will have reached then.</returns>
    public int RequestFlush() => Interlocked.Increment(ref _flushesRequested);

    /// <summary>Runs the pump on the caller's thread, if it was woken and the thread pool has not got to it yet.</summary>
    public void RunClaimed()
    {
        if (_transport.NeverBlocks) _wait.RunClaimed();
    }

    /// <summary>Stops the pump as soon as the stream lets it; what is unsent is dropped.</summary>
    public void Stop()
    {
        _stopped = true;
        if (_stopWriting is not null) Cancellation.Fire(_stopWriting);
        _wait.Signal();
    }

    private async Task RunAsync()
    {
        bool hasShutDown = false;
        try
        {
            await PumpAsync().ConfigureAwait(false);
            if (!_stopped && !_lifetime.IsDetaching)
            {
                await ShutdownAsync().ConfigureAwait(false);
                hasShutDown = true;
            }
        }
        catch (Exception e)
        {
            if (!_stopped) _lifetime.TryFault(CloseReason.WriteFault, e);
            EndError = e;
        }

        // What ended the connection during the half-close has not hurt what was sent.
        if (!hasShutDown && (_stopped || EndError is not null)) EndError = _lifetime.Fault?.Exception ?? EndError;
        _isOver = true;
        Queue.Leave();
        _transport.ReleaseWriteMemory();
        PendingFlush!.Wake();
        _thread?.Stop();
        _ended.Set();
        _lifetime.OnSendEnded();
    }

    private async Task ShutdownAsync()
    {
        // A peer that does not read can hold up a close_notify as well.
        _watch?.NoteWriting();
        await _lifetime.ShutdownWritesAsync().ConfigureAwait(false);
        _watch?.NoteWritten(bytes: 0);
    }

    private async Task PumpAsync()
    {
        CancellationToken stopWriting = _stopWriting?.Token ?? default;
        while (true)
        {
            await _wait;
            bool isLast = false;
            int requests = 0;
            bool hasWritten = false;
            while (true)
            {
                if (_stopped) return;
                requests = Volatile.Read(ref _flushesRequested);

                // Before the bytes: after the end there are no more.
                bool isCompleted = _isWriterCompleted;
                if (_pace is not null && !isCompleted && !_wait.IsOnClaimant) _pace.WaitForMore(Queue);
                ReadOnlySequence<byte> batch = TakeBatch(Queue.Peek(out long end));
                long target = Queue.Consumed + batch.Length;
                isLast = isCompleted && target == end;
                if (!batch.IsEmpty)
                {
                    _watch?.NoteWriting();
                    if (_thread is not null) _transport.Write(batch);
                    else await _transport.WriteAsync(batch, stopWriting).ConfigureAwait(false);
                    _watch?.NoteWritten(batch.Length);
                    Metrics.NoteBatch(batch.Length);
                    hasWritten = true;
                    Queue.Consume(target);
                    NoteProgress();
                }

                if (isLast || target == Queue.Published) break;

                // A caller that came to read gives its thread for what it sent itself, not for everybody's bytes.
                if (_wait.IsOnClaimant) await _wait.Elsewhere;
            }

            if (hasWritten || requests != _flushesDone)
            {
                _watch?.NoteWriting();
                if (_thread is not null) _transport.Flush();
                else await _transport.FlushAsync(stopWriting).ConfigureAwait(false);
                _watch?.NoteWritten(bytes: 0);
            }

            Volatile.Write(ref _bytesFlushed, BytesSent);
            Volatile.Write(ref _flushesDone, requests);
            NoteProgress();
            if (isLast) return;
        }
    }

    private void NoteProgress()
    {
        Interlocked.MemoryBarrier();
        PendingFlush!.Look();
    }

    /// <summary>
    /// A caller's large piece goes as it is; small ones, and the uneven ends of large ones, are taken up to the size of one good write.
    /// </summary>
    private ReadOnlySequence<byte> TakeBatch(in ReadOnlySequence<byte> ready)
    {
        if (ready.Length <= _batchLimit) return ready;
        return ready.Slice(0, Math.Max(_batchLimit, ready.First.Length));
    }
}
