using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>
/// The writing half of a <see cref="DuplexPipeStream"/>. The first small write after a pause is flushed to the pipe at once; the ones that
/// follow it gather, until they are many, a flush or a read that waits comes, or the thread pool gets to it.
/// </summary>
internal sealed class PipeStreamWrites : ResultRelay<FlushResult, bool>
#if NET
    , IThreadPoolWorkItem
#endif
{
    private const int GatherLimit = 4096;

    private readonly PipeWriter _writer;
    private readonly SemaphoreSlim _mutex = new(1, 1);
    private int _gathered;
    private bool _isBurst;
    private bool _sendsBytes;
    private int _queued;
    private Exception? _failure;
    private volatile bool _disposed;

#if !NET
    private static readonly WaitCallback ExecuteCallback = static state => ((PipeStreamWrites)state).Execute();
#endif

    public PipeStreamWrites(PipeWriter writer)
        : base(useSynchronizationContext: true) => _writer = writer;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return Faulted(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask(Task.FromCanceled(cancellationToken));
        if (!_mutex.Wait(0, CancellationToken.None)) return WaitAndWriteAsync(source, cancellationToken);
        return TryGather(source.Span) ? default : RelayOrFinish(Send(source.Span, cancellationToken));
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return Faulted(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask(Task.FromCanceled(cancellationToken));
        if (!_mutex.Wait(0, CancellationToken.None)) return WaitAndFlushAsync(cancellationToken);
        _isBurst = false;
        return RelayOrFinish(Send(default, cancellationToken));
    }

    public void Write(ReadOnlySpan<byte> source)
    {
        if (Refusal() is { } refusal) throw refusal;
        _mutex.Wait();
        if (!TryGather(source)) Block(Send(source, default));
    }

    public void Flush()
    {
        if (Refusal() is { } refusal) throw refusal;
        _mutex.Wait();
        _isBurst = false;
        Block(Send(default, default));
    }

    /// <summary>Sends what has gathered, since whoever wrote it now waits for an answer. It waits for nothing.</summary>
    public void FlushGathered()
    {
        _isBurst = false;
        if (Volatile.Read(ref _gathered) > 0 && _mutex.Wait(0)) _ = FlushInBackgroundAsync();
    }

    /// <summary>What the thread pool calls.</summary>
    public void Execute()
    {
        Volatile.Write(ref _queued, 0);

        // Whoever has the mutex flushes, or adds to what has gathered and queues again.
        if (_mutex.Wait(0)) _ = FlushInBackgroundAsync();
    }

    public async ValueTask CompleteAsync()
    {
        await _mutex.WaitAsync().ConfigureAwait(false);
        try
        {
            await _writer.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            _mutex.Release();
        }
    }

    /// <summary>Ends a pending write; the pipe is the stream's to complete.</summary>
    /// <param name="flush">Whether what has gathered is flushed, since nobody will complete the pipe.</param>
    public async ValueTask DisposeAsync(bool flush)
    {
        _disposed = true;
        if (!_mutex.Wait(0))
        {
            _writer.CancelPendingFlush();
            return;
        }

        try
        {
            if (flush && _gathered > 0) await _writer.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            _mutex.Release();
        }
    }

    protected override bool Look(FlushResult result)
    {
        if (_disposed) throw DuplexPipeStream.Disposed();
        if (result.IsCanceled) throw new OperationCanceledException("The write was cancelled by CancelPendingFlush of the pipe under the stream; its bytes are in the pipe.");
        if (!result.IsCompleted || !_sendsBytes) return true;

        // That never changes: a small write that would only gather is to be told too.
        IOException failure = NobodyReads();
        Volatile.Write(ref _failure, failure);
        throw failure;
    }

    protected override Exception Translate(Exception error) => _disposed ? DuplexPipeStream.Disposed() : error;

    protected override void OnOver() => _mutex.Release();

    private static ValueTask Faulted(Exception exception) => new(FaultedTask.Create<bool>(exception).AsTask());

    private static IOException NobodyReads() => new("The reader of the pipe under the stream has been completed: nobody will get what is written.");

    private Exception? Refusal() => _disposed ? DuplexPipeStream.Disposed() : Volatile.Read(ref _failure);

    /// <summary>Called with the mutex held. If it gathers, it gives the mutex back.</summary>
    private bool TryGather(ReadOnlySpan<byte> source)
    {
        if (!_isBurst || _gathered + source.Length >= GatherLimit)
        {
            _isBurst = true;
            return false;
        }

        try
        {
            _writer.Write(source);
            Volatile.Write(ref _gathered, _gathered + source.Length);
        }
        finally
        {
            _mutex.Release();
        }

        Queue();
        return true;
    }

    /// <summary>Called with the mutex held.</summary>
    private ValueTask<FlushResult> Send(ReadOnlySpan<byte> source, CancellationToken cancellationToken)
    {
        try
        {
            _sendsBytes = _gathered > 0 || !source.IsEmpty;
            if (!source.IsEmpty) _writer.Write(source);
            Volatile.Write(ref _gathered, 0);
            return _writer.FlushAsync(cancellationToken);
        }
        catch (Exception e)
        {
            return FaultedTask.Create<FlushResult>(e);
        }
    }

    /// <summary>Called with the mutex held. The relay may still hold a result that somebody, beside this caller, has not taken.</summary>
    private ValueTask RelayOrFinish(ValueTask<FlushResult> flush) => IsFree ? RelayCompletion(flush) : FinishAsync(flush);

    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await _mutex.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!TryGather(source.Span)) await FinishAsync(Send(source.Span, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask WaitAndFlushAsync(CancellationToken cancellationToken)
    {
        await _mutex.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isBurst = false;
        await FinishAsync(Send(default, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask FinishAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            Look(await flush.ConfigureAwait(false));
        }
        catch (Exception) when (_disposed)
        {
            throw DuplexPipeStream.Disposed();
        }
        finally
        {
            _mutex.Release();
        }
    }

    /// <summary>A stream's blocking write has to block while the pipe is full.</summary>
    private void Block(ValueTask<FlushResult> flush)
    {
        ValueTask finished = FinishAsync(flush);
        if (!finished.IsCompletedSuccessfully) finished.AsTask().GetAwaiter().GetResult();
    }

    private void Queue()
    {
        if (Interlocked.Exchange(ref _queued, 1) == 1) return;
#if NET
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#else
        ThreadPool.UnsafeQueueUserWorkItem(ExecuteCallback, this);
#endif
    }

    /// <summary>Called with the mutex held. What fails here, the next write or flush throws.</summary>
    private async Task FlushInBackgroundAsync()
    {
        try
        {
            _isBurst = false;
            if (_gathered == 0) return;
            FlushResult result = await Send(default, default).ConfigureAwait(false);
            if (result.IsCompleted) Volatile.Write(ref _failure, NobodyReads());
        }
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
        }
        finally
        {
            _mutex.Release();
        }
    }
}
