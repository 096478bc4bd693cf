using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>Reads the stream ahead into the receive pipe, until the end, a fault, or the order to stop.</summary>
internal sealed class ReceivePump
{
    private readonly ConnectionLifetime _lifetime;
    private readonly Transport _transport;
    private readonly Pipe _pipe;
    private readonly MemoryPool<byte> _pool;
    private readonly ReaderWakeUp? _wakeUp;
    private readonly ActivityWatch? _watch;
    private readonly ClaimableScheduler _start = new();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadSize _size;
    private long _bytesReceived;

    public ReceivePump(ConnectionLifetime lifetime, Transport transport, PipeConnectionOptions options, ActivityWatch? watch)
    {
        _lifetime = lifetime;
        _transport = transport;
        _watch = watch;
        _size = new ReadSize(options.MinimumReadSize);
        PipeOptions? pipeOptions = options.ReceivePipeOptions ?? options.Scheduling switch
        {
            PumpScheduling.Inline => PipeDefaults.Inline,
            PumpScheduling.ThreadPool => PipeDefaults.InMemory,
            _ => null,
        };
        if (pipeOptions is null)
        {
            _wakeUp = new ReaderWakeUp();
            pipeOptions = PipeDefaults.Create(_wakeUp, PipeScheduler.ThreadPool);
        }

        _pool = pipeOptions.Pool;
        UseSynchronizationContext = pipeOptions.UseSynchronizationContext && options.ReceivePipeOptions is not null;
        _pipe = new Pipe(pipeOptions);
    }

    public PipeReader Reader => _pipe.Reader;

    public bool UseSynchronizationContext { get; }

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>What holds the pump off the stream.</summary>
    public ReadGate Gate { get; } = new();

    /// <summary>What the reader is told once it has got every byte, instead of the end: the connection's error, if it had one by then.</summary>
    public Exception? EndError { get; private set; }

    /// <summary>Ends, and never faults, when the pump has left the stream.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Has the pump started on the thread pool, or by the first read, whichever comes first.</summary>
    public void Start() => _start.Schedule(static state => DefaultContext.Run(static pump => _ = ((ReceivePump)pump!).RunAsync(), state!), this);

    /// <summary>Starts the pump on the caller's thread, if the thread pool has not got to it yet.</summary>
    public void EnsureStarted()
    {
        if (_transport.NeverBlocks) _start.RunClaimed();
    }

    /// <summary>Stops the pump, wherever it waits.</summary>
    public void Stop()
    {
        Gate.Stop();
        _pipe.Writer.CancelPendingFlush();
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
            // A read that we stopped ourselves may end in any way.
            if (!Gate.IsStopped) _lifetime.TryFault(CloseReason.ReadFault, e);
        }

        // The pump may have left the loop with a reader still to be woken.
        _wakeUp?.RunElsewhere();
        EndError = _lifetime.Fault?.Exception;
        await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        Gate.Dispose();
        _ended.SetResult(true);
        _lifetime.OnReceiveEnded(endOfStream);
    }

    /// <returns>Whether the end of the stream was reached.</returns>
    private async Task<bool> PumpAsync()
    {
        PipeWriter writer = _pipe.Writer;
        bool waitsOnEmptyReads = _transport.WaitsOnEmptyReads;
        bool waitFirst = waitsOnEmptyReads;
        while (true)
        {
            if (!Gate.TryEnter(out CancellationToken cancellationToken))
            {
                _wakeUp?.RunElsewhere();
                if (!await Gate.WaitForTurnAsync().ConfigureAwait(false)) return false;
                continue;
            }

            Memory<byte> buffer = waitFirst ? default : writer.GetMemory(_size.Next);
            int read;
            try
            {
                read = await new WakingAwaitable<int>(_transport.ReadAsync(buffer, cancellationToken), _wakeUp);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
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
            writer.Advance(read);
            Interlocked.Add(ref _bytesReceived, read);
            _watch?.NoteReceived();
            _size.Learn(read, buffer.Length);

            // A buffer that was filled tells that there is more; otherwise hold none while waiting.
            waitFirst = waitsOnEmptyReads && read < buffer.Length;
            ValueTask<FlushResult> flush = _wakeUp?.Flush(writer) ?? writer.FlushAsync(CancellationToken.None);
            FlushResult flushed = await new WakingAwaitable<FlushResult>(flush, flush.IsCompleted ? null : _wakeUp);
            if (flushed.IsCompleted) return false;
        }
    }
}
