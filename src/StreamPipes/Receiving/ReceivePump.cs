using System.IO.Pipelines;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.Scheduling;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Receiving;

/// <summary>Reads the stream ahead into the receive queue, until the end, a fault, or the order to stop.</summary>
internal sealed class ReceivePump : IPump
{
    private readonly ConnectionLifetime _lifetime;
    private readonly Transport _transport;
    private readonly TimeLimits? _watch;
    private readonly PumpSignal _wait;
    private readonly DedicatedThread? _thread;
    private readonly bool _wakesReaderItself;
    private readonly long _pauseThreshold;
    private readonly long _resumeThreshold;
    private ReadSize _size;
    private OnceSignal _ended;
    private int _owesWakeUp;
    private long _room;
    private long _bytesDiscarded;
    private volatile bool _discards;
    private volatile bool _isOver;

    public ReceivePump(ConnectionLifetime lifetime, Transport transport, PipeConnectionOptions options, TimeLimits? watch)
    {
        _lifetime = lifetime;
        _transport = transport;
        _watch = watch;
        PipeOptions pipe = options.ReceivePipeOptions ?? PipeDefaults.Of(options.Scheduling);
        _size = new ReadSize(options.MinimumReadSize, pipe.MinimumSegmentSize);
        _wakesReaderItself = options.ReceivePipeOptions is null && options.Scheduling == PumpScheduling.Default;
        if (options.Scheduling == PumpScheduling.DedicatedThreads && transport.MayReadBlocking) _thread = new DedicatedThread("StreamPipes receive");
        Queue = new ByteQueue(pipe.Pool, pipe.MinimumSegmentSize, options.ClearBuffers);
        _pauseThreshold = pipe.PauseWriterThreshold;
        _resumeThreshold = pipe.ResumeWriterThreshold;
        ReaderScheduler = _wakesReaderItself ? null : pipe.ReaderScheduler;
        UseSynchronizationContext = pipe.UseSynchronizationContext && options.ReceivePipeOptions is not null;
        _wait = new PumpSignal(this, _thread ?? (_wakesReaderItself ? null : pipe.WriterScheduler));
    }

    public ByteQueue Queue { get; }

    /// <summary>Where a reader goes on that the pump does not run itself.</summary>
    public PipeScheduler? ReaderScheduler { get; }

    public bool UseSynchronizationContext { get; }

    /// <summary>Who reads what the pump receives.</summary>
    public ConnectionReader? Reader { get; set; }

    public long BytesReceived => Queue.Published;

    /// <summary>What came after the reader was done, while the connection closes.</summary>
    public long BytesDiscarded => Volatile.Read(ref _bytesDiscarded);

    /// <summary>What holds the pump off the stream.</summary>
    public ReadGate Gate { get; } = new();

    /// <summary>Whether no byte comes any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>What the reader is told once it has got every byte, instead of the end: the connection's error, if it had one by then.</summary>
    public Exception? EndError { get; private set; }

    /// <summary>Ends, and never faults, when the pump has left the stream.</summary>
    public Task Ended => _ended.Task;

    public bool HasEnded => _ended.IsSet;

    /// <summary>A reader who waits for more than is there is no reason to pause, however much that is.</summary>
    bool IPump.HasWork => _discards || Gate.IsStopped || Queue.Published - Reader!.Examined < Volatile.Read(ref _room) || Reader.IsWaiting;

    void IPump.Start() => EmptyExecutionContext.Run(static pump => _ = ((ReceivePump)pump!).RunAsync(), this);

    /// <summary>Has the pump started on the thread pool, or by the first read, whichever comes first.</summary>
    public void Start()
    {
        if (_thread is not null) _wait.Signal();
        else _wait.SignalStart();
    }

    /// <summary>Starts the pump on the caller's thread, if the thread pool has not got to it yet.</summary>
    public void EnsureStarted()
    {
        if (_transport.NeverBlocks) _wait.RunClaimed();
    }

    /// <summary>The reader has made room, or wants more. A full fence came before.</summary>
    public void OnExamined()
    {
        if (_wait.IsWaiting && ((IPump)this).HasWork) _wait.Signal();
    }

    /// <summary>
    /// The connection closes: what still comes is of no use, but is to be read up to the end. The pending read goes on, which costs less than to
    /// stop it and to begin another.
    /// </summary>
    public void DiscardRest()
    {
        _discards = true;
        Interlocked.MemoryBarrier();
        _wait.Signal();
    }

    /// <summary>Nobody reads any more: stops the pump, unless it discards.</summary>
    public void OnReaderCompleted()
    {
        if (!_discards) Stop();
    }

    /// <summary>Whether the end of the stream has been reached.</summary>
    public bool HasSeenEnd { get; private set; }

    /// <summary>Stops the pump, wherever it waits.</summary>
    public void Stop()
    {
        Gate.Stop();
        _wait.Signal();
    }

    /// <summary>No dialogue goes on after this.</summary>
    public void OnOutputCompleted() => _wait.Unpark();

    /// <summary>Runs the reader that what was received has woken, here.</summary>
    public void WakeReaderHere()
    {
        if (TakeWakeUp()) Reader!.RunHere();
    }

    /// <summary>Runs the reader that what was received has woken, on the thread pool.</summary>
    public void WakeReaderElsewhere()
    {
        if (TakeWakeUp()) Reader!.RunElsewhere();
    }

    private async Task RunAsync()
    {
        bool endOfStream = false;
        try
        {
            endOfStream = await PumpAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A read that we stopped ourselves, or that nobody wants the bytes of, may end in any way.
            if (!Gate.IsStopped && !_discards) _lifetime.TryFault(CloseReason.ReadFault, e);
        }

        // The pump may have left the loop with a reader still to be woken.
        WakeReaderElsewhere();
        HasSeenEnd = endOfStream;

        // Before the reader is told: it may complete its end at once.
        if (endOfStream) _lifetime.NoteEndOfStream();
        EndError = _lifetime.Fault?.Exception;
        _isOver = true;
        Queue.Publish();
        Reader!.Wake();
        Queue.Leave();
        Gate.Dispose();
        _thread?.Stop();
        _ended.Set();
        _lifetime.OnReceiveEnded();
    }

    /// <returns>Whether the end of the stream was reached.</returns>
    private async Task<bool> PumpAsync()
    {
        bool waitsOnEmptyReads = _transport.WaitsOnEmptyReads && _thread is null;
        bool waitFirst = waitsOnEmptyReads;
        while (true)
        {
            if (!Gate.TryEnter(out CancellationToken cancellationToken))
            {
                WakeReaderElsewhere();
                if (!await Gate.WaitForTurnAsync().ConfigureAwait(false)) return false;
                if (_thread is not null) await _wait.Elsewhere;
                continue;
            }

            int read = 0;
            Memory<byte> buffer = default;
            try
            {
                if (_thread is not null) _transport.WaitForInput(cancellationToken);
                if (!waitFirst) buffer = Queue.GetMemory(_size.Next);
                read = _thread is not null ? _transport.Read(buffer) : await new WakingAwaitable(_transport.ReadAsync(buffer, cancellationToken), this);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Queue.LendTail();
                continue;
            }
            finally
            {
                Gate.Exit();
            }

            if (waitFirst)
            {
                waitFirst = false;
                continue;
            }

            if (read == 0) return true;
            if (_discards || (read == -1 && _thread is not null))
            {
                if (read > 0) Volatile.Write(ref _bytesDiscarded, _bytesDiscarded + read);
                Queue.LendTail();
                continue;
            }

            Queue.Advance(StreamReads.Checked(read, buffer.Length));

            // Before anybody can know of the bytes: the idle time begins with them.
            _watch?.NoteReceived();
            Queue.Publish();
            Metrics.NoteReceived(read);
            _size.Learn(read, buffer.Length);

            // A buffer that was filled tells that there is more; otherwise hold none while waiting.
            waitFirst = waitsOnEmptyReads && read < buffer.Length;
            if (Reader!.TryClaim())
            {
                if (!_wakesReaderItself) Reader.Run();
                else if (waitFirst && _transport.NeverBlocks && _lifetime.IsInDialogue) await new ReaderFirst(_wait, Reader);
                else Volatile.Write(ref _owesWakeUp, 1);
            }

            if (_pauseThreshold == 0 || Queue.Published - Reader.Examined < _pauseThreshold) continue;
            WakeReaderElsewhere();
            Volatile.Write(ref _room, _resumeThreshold);
            _watch?.NoteHeldUp(true);
            await _wait;
            _watch?.NoteHeldUp(false);
            Volatile.Write(ref _room, 0);
        }
    }

    private bool TakeWakeUp() => Volatile.Read(ref _owesWakeUp) != 0 && Interlocked.Exchange(ref _owesWakeUp, 0) != 0;
}
