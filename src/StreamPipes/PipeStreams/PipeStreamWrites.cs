using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using StreamPipes.Common;
using StreamPipes.Sending;

namespace StreamPipes.PipeStreams;

/// <summary>
/// The writing half of a <see cref="DuplexPipeStream"/>. It coalesces small writes: the first one after a pause is flushed to the pipe at
/// once; the ones that follow stay pending until they are many, until a flush or a read comes, or until the thread pool flushes them.
/// </summary>
internal sealed class PipeStreamWrites : ResultRelay<FlushResult, bool>, IFlushQueue, IThreadPoolWorkItem
{
    private const int CoalesceLimit = 4096;

    private static readonly Type PipesWriter = new Pipe().Writer.GetType();

    private readonly PipeWriter _writer;

    /// <summary>The same writer, of which a flush throws where a peer takes no more: for those who write to a stream that is an error.</summary>
    private readonly PipeWriter _throwingWriter;
    private readonly bool _leaveOpen;
    private readonly bool _isConnection;
    private readonly bool _handsOverFirst;
    private readonly WriterUse _backgroundUse;
    private readonly WriterTurn _turn;

    // The holder's of the turn: about its last flush. Where that threw, a cancellation counts as taken.
    private bool _sendsBytes;
    private bool _tookCancellation;

    // Hints, and what is told once: any thread's.
    private volatile bool _coalesces;
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>The thread that is inside the writer's own methods. Only a thread that finds itself there acts on it, so no fence is needed.</summary>
    private int _threadInWriter;

    public PipeStreamWrites(PipeWriter writer, bool leaveOpen)
        : base(useSynchronizationContext: true)
    {
        _writer = writer;
        _isConnection = writer is ConnectionWriter;
        _throwingWriter = writer is ConnectionWriter connection ? connection.ThrowingFaults : writer;
        _leaveOpen = leaveOpen;

        // A flush of these hands its bytes over before anything else: cancelled, or interrupted by another one, it loses and repeats nothing. Others
        // may have sent half of the bytes, and send them again when they are completed, as the framework's writer over a stream does.
        _handsOverFirst = _isConnection || writer.GetType() == PipesWriter;
        _backgroundUse = _handsOverFirst ? WriterUse.CancellableFlush : WriterUse.Flush;
        _turn = new WriterTurn(this);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        if (IsRefused(out ValueTask refused, cancellationToken)) return refused;
        if (!_turn.TryEnter(WriterUse.CancellableFlush)) return WaitAndWriteAsync(source, cancellationToken);
        try
        {
            if (TryCoalesce(source.Span)) return default;
        }
        catch (Exception e)
        {
            return Faulted(TranslateError(e));
        }

        return RelayOrFinish(Send(source.Span, cancellationToken));
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (IsRefused(out ValueTask refused, cancellationToken)) return refused;
        if (!_turn.TryEnter(WriterUse.CancellableFlush)) return WaitAndFlushAsync(cancellationToken);
        _coalesces = false;
        return RelayOrFinish(Send(default, cancellationToken));
    }

    public void Write(ReadOnlySpan<byte> source)
    {
        ThrowIfRefused();
        if (!_turn.TryEnter(WriterUse.CancellableFlush))
        {
            if (IsInWriter)
            {
                SendFromWithin(source);
                return;
            }

            if (!_turn.Enter(WriterUse.CancellableFlush)) throw StreamErrors.Disposed();
        }

        try
        {
            if (TryCoalesce(source)) return;
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }

        Block(Send(source, default));
    }

    public void Flush()
    {
        ThrowIfRefused();
        if (!_turn.TryEnter(WriterUse.CancellableFlush))
        {
            if (IsInWriter)
            {
                SendFromWithin(default);
                return;
            }

            if (!_turn.Enter(WriterUse.CancellableFlush)) throw StreamErrors.Disposed();
        }

        _coalesces = false;
        Block(Send(default, default));
    }

    /// <summary>Sends what is pending, since its writer now waits for an answer. It waits for nothing.</summary>
    public void FlushPending()
    {
        _coalesces = false;
        if (_turn.TryEnterPending(_backgroundUse)) _ = FlushInBackgroundAsync();
    }

    public void QueueFlush() => Background.Queue(this, preferLocal: false);

    /// <summary>What the thread pool calls.</summary>
    public void Execute()
    {
        if (_turn.TryEnterQueued(_backgroundUse)) _ = FlushInBackgroundAsync();
    }

    /// <summary>Half-closes. A pipe that stays open is only flushed.</summary>
    public async ValueTask CompleteAsync()
    {
        if (_leaveOpen)
        {
            await FlushAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        if (!await _turn.EnterAsync(WriterUse.Completion, CancellationToken.None).ConfigureAwait(false)) throw StreamErrors.Disposed();
        try
        {
            _turn.PendingBytes = 0;
            await CompleteWriter().ConfigureAwait(false);
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>
    /// Ends a pending write. When it returns, the writer belongs to its owner: a flush in the background has ended too. A pipe that stays
    /// open has received all bytes; whether its reader takes them is not waited for.
    /// </summary>
    /// <param name="isAbortive">Whether what has not been sent is to be lost.</param>
    public async ValueTask DisposeAsync(bool isAbortive)
    {
        bool hasCanceled = false;
        if (!_turn.Close(out WriterUse use))
        {
            if (use == WriterUse.Completion) return;
            hasCanceled = isAbortive || use == WriterUse.CancellableFlush;
            if (hasCanceled) _writer.CancelPendingFlush();

            // It may be completed during a flush, and its close is what ends one that nothing else does.
            if (!_leaveOpen && _isConnection) return;
            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        try
        {
            if (_leaveOpen && (_turn.PendingBytes > 0 || (hasCanceled && !_tookCancellation))) await FlushLastAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>Ends the flush that a dispose may be waiting for.</summary>
    public void Abort() => _writer.CancelPendingFlush();

    protected override bool MakeResult(FlushResult result)
    {
        _tookCancellation = result.IsCanceled;
        ThrowIfUnsent(result, _sendsBytes);
        return true;
    }

    protected override Exception TranslateError(Exception error) => _turn.IsClosed ? StreamErrors.Disposed() : StreamErrors.Translate(error);

    protected override void EndOperation() => _turn.Exit();

    private static ValueTask Faulted(Exception exception) => new(ObservedTask.Create<bool>(exception).AsTask());

    private static IOException ReaderHasCompleted() => new("The reader of the pipe under the stream has been completed: what is written reaches no one.");

    /// <summary>Whether this very thread came back, through a continuation that the pipe runs inline, while it is inside the writer.</summary>
    private bool IsInWriter => Volatile.Read(ref _threadInWriter) == Environment.CurrentManagedThreadId;

    private bool IsReplaced(Exception error) => _turn.IsClosed || StreamErrors.IsForeign(error);

    private bool IsRefused(out ValueTask refused, CancellationToken cancellationToken)
    {
        refused = default;
        if (_turn.IsClosed) refused = Faulted(StreamErrors.Disposed());
        else if (_failure is { } failure) refused = new ValueTask(ObservedTask.Create<bool>(failure).AsTask());
        else if (cancellationToken.IsCancellationRequested) refused = new ValueTask(Task.FromCanceled(cancellationToken));
        else return false;
        return true;
    }

    private void ThrowIfRefused()
    {
        if (_turn.IsClosed) throw StreamErrors.Disposed();
        _failure?.Throw();
    }

    /// <summary>Keeps an error for all who come later: it will not change, and a small write that only coalesces would not meet it.</summary>
    private Exception Keep(Exception error)
    {
        Exception translated = StreamErrors.Translate(error);
        _failure = ExceptionDispatchInfo.Capture(translated);
        return translated;
    }

    private void ThrowIfUnsent(in FlushResult result, bool sendsBytes)
    {
        if (_turn.IsClosed) throw StreamErrors.Disposed();
        if (result.IsCanceled) throw new OperationCanceledException("The write was cancelled by CancelPendingFlush of the pipe under the stream; its bytes are in the pipe.");
        if (result.IsCompleted && sendsBytes) throw Keep(ReaderHasCompleted());
    }

    /// <summary>Holder. If it coalesces, or throws, it gives the turn back.</summary>
    private bool TryCoalesce(ReadOnlySpan<byte> source)
    {
        if (!_coalesces || _turn.PendingBytes + source.Length >= CoalesceLimit)
        {
            _coalesces = true;
            return false;
        }

        try
        {
            _tookCancellation = false;
            _writer.Write(source);
            _turn.PendingBytes += source.Length;
        }
        finally
        {
            _turn.Exit();
        }

        return true;
    }

    /// <summary>Holder.</summary>
    private ValueTask<FlushResult> Send(ReadOnlySpan<byte> source, CancellationToken cancellationToken)
    {
        try
        {
            _tookCancellation = true;
            _sendsBytes = _turn.PendingBytes > 0 || !source.IsEmpty;
            if (!source.IsEmpty) _writer.Write(source);
            _turn.PendingBytes = 0;
            Volatile.Write(ref _threadInWriter, Environment.CurrentManagedThreadId);
            return _throwingWriter.FlushAsync(cancellationToken);
        }
        catch (Exception e)
        {
            return ObservedTask.Create<FlushResult>(e);
        }
        finally
        {
            Volatile.Write(ref _threadInWriter, 0);
        }
    }

    /// <summary>
    /// A blocking write or flush by a continuation that the flush under way runs inline. The turn is this thread's own, so a wait for it would
    /// never end; the flush has handed its bytes over, and the framework's streams let the next one through here as well.
    /// </summary>
    private void SendFromWithin(ReadOnlySpan<byte> source)
    {
        if (!_handsOverFirst) throw new InvalidOperationException("A blocking write from inside the pipe's own flush would wait for itself: use WriteAsync.");
        try
        {
            if (!source.IsEmpty) _writer.Write(source);
            ValueTask<FlushResult> flush = _throwingWriter.FlushAsync(CancellationToken.None);
            FlushResult result = flush.IsCompleted ? flush.GetAwaiter().GetResult() : flush.AsTask().GetAwaiter().GetResult();
            ThrowIfUnsent(result, !source.IsEmpty);
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }
    }

    /// <summary>Holder.</summary>
    private ValueTask CompleteWriter()
    {
        try
        {
            Volatile.Write(ref _threadInWriter, Environment.CurrentManagedThreadId);
            return _writer.CompleteAsync();
        }
        finally
        {
            Volatile.Write(ref _threadInWriter, 0);
        }
    }

    /// <summary>Holder. A result that another caller has not taken yet keeps the relay from waiting for the next.</summary>
    private ValueTask RelayOrFinish(ValueTask<FlushResult> flush) => CanRelay(flush) ? RelayCompletion(flush) : FinishAsync(flush);

    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        if (!await _turn.EnterAsync(WriterUse.CancellableFlush, cancellationToken).ConfigureAwait(false)) throw StreamErrors.Disposed();
        try
        {
            if (TryCoalesce(source.Span)) return;
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }

        await FinishAsync(Send(source.Span, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask WaitAndFlushAsync(CancellationToken cancellationToken)
    {
        if (!await _turn.EnterAsync(WriterUse.CancellableFlush, cancellationToken).ConfigureAwait(false)) throw StreamErrors.Disposed();
        _coalesces = false;
        await FinishAsync(Send(default, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask FinishAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            MakeResult(await flush.ConfigureAwait(false));
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>A stream's blocking write has to block while the pipe is full.</summary>
    private void Block(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompleted)
        {
            FinishAsync(flush).AsTask().GetAwaiter().GetResult();
            return;
        }

        try
        {
            MakeResult(flush.GetAwaiter().GetResult());
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>Holder. What fails here, the next write or flush throws.</summary>
    private async Task FlushInBackgroundAsync()
    {
        try
        {
            _coalesces = false;
            FlushResult result = await Send(default, default).ConfigureAwait(false);
            _tookCancellation = result.IsCanceled;
            if (result.IsCompleted) Keep(ReaderHasCompleted());
        }
        catch (Exception e)
        {
            Keep(e);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>
    /// Holder, once the turn is closed: hands over what is pending. It does not wait for the pipe's reader, and leaves no cancellation that came too late
    /// for its flush to the owner of the pipe.
    /// </summary>
    private async Task FlushLastAsync()
    {
        ValueTask<FlushResult> flush = Send(default, default);
        if (!_handsOverFirst)
        {
            // It may have been cancelled before it began, and then has sent nothing.
            FlushResult first = await flush.ConfigureAwait(false);
            if (first.IsCanceled) await Send(default, default).ConfigureAwait(false);
            return;
        }

        bool isFull = !flush.IsCompleted;
        if (isFull) _writer.CancelPendingFlush();
        FlushResult result = await flush.ConfigureAwait(false);
        if (isFull && !result.IsCanceled) await Send(default, default).ConfigureAwait(false);
    }
}
