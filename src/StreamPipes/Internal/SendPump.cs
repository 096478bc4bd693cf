using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>Writes to the stream what the send pipe holds, as few writes as possible, each byte once, and flushes when nothing more is ready.</summary>
internal sealed class SendPump
{
    private readonly ConnectionLifetime _lifetime;
    private readonly Transport _transport;
    private readonly Pipe _pipe;
    private readonly ClaimableScheduler? _wakeUp;
    private readonly SendPace? _pace;
    private readonly long _batchLimit;
    private readonly CancellationTokenSource? _stopWriting;
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DrainSignal _drained = new();
    private readonly ActivityWatch? _watch;
    private long _bytesSent;
    private long _bytesFlushed;
    private volatile bool _stopped;

    public SendPump(ConnectionLifetime lifetime, Transport transport, PipeConnectionOptions options, ActivityWatch? watch)
    {
        _lifetime = lifetime;
        _transport = transport;
        _watch = watch;
        _batchLimit = options.FlushThrough ? long.MaxValue : transport.BatchSize;
        PipeOptions? pipeOptions = options.SendPipeOptions ?? options.Scheduling switch
        {
            PumpScheduling.Inline => PipeDefaults.Create(PipeScheduler.Inline, PipeScheduler.ThreadPool),
            PumpScheduling.ThreadPool => PipeDefaults.InMemory,
            _ => null,
        };
        if (pipeOptions is null)
        {
            _wakeUp = new ClaimableScheduler();
            pipeOptions = PipeDefaults.Create(_wakeUp, PipeScheduler.ThreadPool);
            if (!options.FlushThrough) _pace = new SendPace(options.MaximumWriteSize);
        }

        UseSynchronizationContext = pipeOptions.UseSynchronizationContext && options.SendPipeOptions is not null;
        _pipe = new Pipe(options.FlushThrough ? PipeDefaults.WithoutBackPressure(pipeOptions) : pipeOptions);

        // Nothing else can release a write that is stuck in a stream that is not to be disposed.
        if (options.LeaveOpen) _stopWriting = new CancellationTokenSource();
    }

    public PipeWriter Writer => _pipe.Writer;

    public bool UseSynchronizationContext { get; }

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Called, on the pump, with the number of bytes that the stream has been given and has flushed.</summary>
    public Action<long>? OnFlushed { get; set; }

    /// <summary>Why not every byte was written and the half-close done; <see langword="null"/> if they were.</summary>
    public Exception? EndError { get; private set; }

    /// <summary>Ends, and never faults, when the pump has left the stream.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts the pump; it waits for the first flush.</summary>
    public void Start() => DefaultContext.Run(static pump => _ = ((SendPump)pump!).RunAsync(), this);

    /// <summary>Told by the writer how many bytes it has flushed in all.</summary>
    public void NoteFlush(long bytesFlushed) => Volatile.Write(ref _bytesFlushed, bytesFlushed);

    /// <summary>Ends when the stream has been given, and has flushed, this many bytes, or the pump has ended.</summary>
    public Task WaitDrainedAsync(long bytesFlushed) => _drained.WaitAsync(bytesFlushed);

    /// <summary>Has the stream flushed although there may be nothing to write.</summary>
    public void RequestFlush() => _pipe.Reader.CancelPendingRead();

    /// <summary>Runs the pump on the caller's thread, if it was woken and the thread pool has not got to it yet.</summary>
    public void RunClaimed()
    {
        if (_transport.NeverBlocks) _wakeUp?.RunClaimed();
    }

    /// <summary>Stops the pump as soon as the stream lets it; what is unsent is dropped.</summary>
    public void Stop()
    {
        _stopped = true;
        _stopWriting?.Cancel();
        _pipe.Reader.CancelPendingRead();
    }

    private async Task RunAsync()
    {
        try
        {
            await PumpAsync().ConfigureAwait(false);
            if (!_stopped && !_lifetime.IsDetaching) await ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (!_stopped) _lifetime.TryFault(CloseReason.WriteFault, e);
            EndError = e;
        }

        if (_stopped || EndError is not null) EndError = _lifetime.Fault?.Exception ?? EndError;
        await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        _transport.ReleaseWriteMemory();
        _drained.End();
        _ended.SetResult(true);
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
        PipeReader reader = _pipe.Reader;
        CancellationToken stopWriting = _stopWriting?.Token ?? default;
        while (true)
        {
            ReadResult ready = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            bool isLast;
            bool needsFlush = false;
            while (true)
            {
                if (_stopped) return;

                // Whoever cancels the pump's wait wants the stream flushed, or the pump stopped.
                needsFlush |= ready.IsCanceled;
                if (MayGrow(ready))
                {
                    reader.AdvanceTo(ready.Buffer.Start);
                    reader.TryRead(out ready);
                    needsFlush |= ready.IsCanceled;
                }

                ReadOnlySequence<byte> batch = TakeBatch(ready.Buffer);
                isLast = ready.IsCompleted && batch.Length == ready.Buffer.Length;
                if (!batch.IsEmpty)
                {
                    _watch?.NoteWriting();
                    await _transport.WriteAsync(batch, stopWriting).ConfigureAwait(false);
                    _watch?.NoteWritten(batch.Length);
                    Interlocked.Add(ref _bytesSent, batch.Length);
                    needsFlush = true;
                }

                reader.AdvanceTo(batch.End);
                if (isLast || !reader.TryRead(out ready)) break;

                // A caller that came to read gives its thread for what it sent itself, not for everybody's bytes.
                if (_wakeUp is { IsOnClaimant: true }) await new ThreadPoolHop();
            }

            if (needsFlush)
            {
                _watch?.NoteWriting();
                await _transport.FlushAsync(stopWriting).ConfigureAwait(false);
                _watch?.NoteWritten(bytes: 0);
            }

            _drained.Advance(BytesSent);
            OnFlushed?.Invoke(BytesSent);
            if (isLast) return;
        }
    }

    /// <summary>
    /// A caller's large piece goes as it is; small ones, and the uneven ends of large ones, are taken up to the size of one good write.
    /// </summary>
    private ReadOnlySequence<byte> TakeBatch(in ReadOnlySequence<byte> ready)
    {
        if (ready.Length <= _batchLimit) return ready;
        return ready.Slice(0, Math.Max(_batchLimit, ready.First.Length));
    }

    private bool MayGrow(in ReadResult ready) =>
        _pace is not null && !ready.IsCompleted && _wakeUp is { IsOnClaimant: false } && _pace.WaitForMore(_bytesSent + ready.Buffer.Length, ready.Buffer.Length, ref _bytesFlushed);
}
