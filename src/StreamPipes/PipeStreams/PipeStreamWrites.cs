using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Sending;

namespace StreamPipes.PipeStreams;

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

    private static readonly Type PipesWriter = new Pipe().Writer.GetType();

    private readonly PipeWriter _writer;
    private readonly bool _isCancelHarmless;
    private readonly SemaphoreSlim _mutex = new(1, 1);
    private int _gathered;
    private bool _isBurst;
    private bool _sendsBytes;
    private bool _isUncanceled = true;
    private int _isCancellable;
    private int _isCompleting;
    private int _queued;
    private Exception? _failure;
    private volatile bool _disposed;

#if !NET
    private static readonly WaitCallback ExecuteCallback = static state => ((PipeStreamWrites)state).Execute();
#endif

    public PipeStreamWrites(PipeWriter writer)
        : base(useSynchronizationContext: true)
    {
        _writer = writer;

        // Others may have sent half of it, and send that again when they are completed, as the framework's writer over a stream does.
        _isCancelHarmless = writer is ConnectionWriter || writer.GetType() == PipesWriter;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return Faulted(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask(Task.FromCanceled(cancellationToken));
        if (!_mutex.Wait(0, CancellationToken.None)) return WaitAndWriteAsync(source, cancellationToken);
        if (IsTooLate()) return Faulted(DuplexPipeStream.Disposed());
        return TryGather(source.Span) ? default : RelayOrFinish(Send(source.Span, cancellationToken));
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return Faulted(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask(Task.FromCanceled(cancellationToken));
        if (!_mutex.Wait(0, CancellationToken.None)) return WaitAndFlushAsync(cancellationToken);
        if (IsTooLate()) return Faulted(DuplexPipeStream.Disposed());
        _isBurst = false;
        return RelayOrFinish(Send(default, cancellationToken));
    }

    public void Write(ReadOnlySpan<byte> source)
    {
        if (Refusal() is { } refusal) throw refusal;
        _mutex.Wait();
        if (IsTooLate()) throw DuplexPipeStream.Disposed();
        if (!TryGather(source)) Block(Send(source, default));
    }

    public void Flush()
    {
        if (Refusal() is { } refusal) throw refusal;
        _mutex.Wait();
        if (IsTooLate()) throw DuplexPipeStream.Disposed();
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
            // Before the look, and the other way round where it is disposed: one of the two sees the other.
            Interlocked.Exchange(ref _isCompleting, 1);
            if (_disposed) throw DuplexPipeStream.Disposed();
            Volatile.Write(ref _gathered, 0);
            await _writer.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Ends a pending write. Once it is over the writer is whoever's it is now: a flush in the background has ended too.</summary>
    /// <param name="leaveOpen">Whether what has gathered is flushed, since nobody will complete the pipe.</param>
    /// <param name="isAbortive">Whether what has not been sent is to be lost.</param>
    public async ValueTask DisposeAsync(bool leaveOpen, bool isAbortive)
    {
        _disposed = true;
        Interlocked.MemoryBarrier();
        bool hasCanceled = false;
        if (!_mutex.Wait(0))
        {
            // It may last as long as the peer likes, and nothing comes after it.
            if (Volatile.Read(ref _isCompleting) != 0) return;
            hasCanceled = isAbortive || Volatile.Read(ref _isCancellable) != 0;
            if (hasCanceled) _writer.CancelPendingFlush();

            // It may be completed beside a flush, and its close is what ends one that nothing else does.
            if (!leaveOpen && _writer is ConnectionWriter) return;
            await _mutex.WaitAsync().ConfigureAwait(false);
        }

        try
        {
            // A cancellation that came too late for the flush it was meant for is not left to the owner of the pipe.
            bool isDue = _gathered > 0 || (hasCanceled && _isUncanceled);
            Volatile.Write(ref _gathered, 0);
            if (leaveOpen && isDue) await _writer.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Ends the flush that a dispose may be waiting for.</summary>
    public void Abort() => _writer.CancelPendingFlush();

    protected override bool Look(FlushResult result)
    {
        _isUncanceled = !result.IsCanceled;
        if (_disposed) throw DuplexPipeStream.Disposed();
        if (result.IsCanceled) throw new OperationCanceledException("The write was cancelled by CancelPendingFlush of the pipe under the stream; its bytes are in the pipe.");
        if (!result.IsCompleted || !_sendsBytes) return true;

        // That never changes: a small write that would only gather is to be told too.
        IOException failure = NobodyReads();
        Volatile.Write(ref _failure, failure);
        throw failure;
    }

    protected override Exception Translate(Exception error) => _disposed ? DuplexPipeStream.Disposed() : error;

    protected override void OnOver() => Release();

    private static ValueTask Faulted(Exception exception) => new(ObservedTask.Create<bool>(exception).AsTask());

    private static IOException NobodyReads() => new("The reader of the pipe under the stream has been completed: nobody will get what is written.");

    private void Release()
    {
        Volatile.Write(ref _isCancellable, 0);
        _mutex.Release();
    }

    /// <summary>Called with the mutex held, which it gives back then: the pipe is no longer this stream's to use.</summary>
    private bool IsTooLate()
    {
        if (!_disposed) return false;
        Release();
        return true;
    }

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
        catch (Exception) when (_disposed)
        {
            throw DuplexPipeStream.Disposed();
        }
        finally
        {
            Release();
        }

        Queue();
        return true;
    }

    /// <summary>Called with the mutex held.</summary>
    private ValueTask<FlushResult> Send(ReadOnlySpan<byte> source, CancellationToken cancellationToken, bool isCancellable = true)
    {
        try
        {
            // Before the look, and the other way round where it is disposed: one of the two sees the other.
            if (isCancellable) Interlocked.Exchange(ref _isCancellable, 1);
            if (_disposed) throw DuplexPipeStream.Disposed();
            _isUncanceled = false;
            _sendsBytes = _gathered > 0 || !source.IsEmpty;
            if (!source.IsEmpty) _writer.Write(source);
            Volatile.Write(ref _gathered, 0);
            return _writer.FlushAsync(cancellationToken);
        }
        catch (Exception e)
        {
            return ObservedTask.Create<FlushResult>(e);
        }
    }

    /// <summary>Called with the mutex held. The relay may still hold a result that somebody, beside this caller, has not taken.</summary>
    private ValueTask RelayOrFinish(ValueTask<FlushResult> flush) => IsFree ? RelayCompletion(flush) : FinishAsync(flush);

    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await _mutex.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (IsTooLate()) throw DuplexPipeStream.Disposed();
        if (!TryGather(source.Span)) await FinishAsync(Send(source.Span, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask WaitAndFlushAsync(CancellationToken cancellationToken)
    {
        await _mutex.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (IsTooLate()) throw DuplexPipeStream.Disposed();
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
            Release();
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
            if (_disposed || _gathered == 0) return;
            FlushResult result = await Send(default, default, _isCancelHarmless).ConfigureAwait(false);
            _isUncanceled = !result.IsCanceled;
            if (result.IsCompleted) Volatile.Write(ref _failure, NobodyReads());
        }
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
        }
        finally
        {
            Release();
        }
    }
}
