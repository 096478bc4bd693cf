using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Scheduling;
using StreamPipes.State;

namespace StreamPipes.Sending;

/// <summary>The connection's output: it throws the connection's error, and completing it can be awaited.</summary>
internal sealed class ConnectionWriter : PipeWriter
{
    private readonly ConnectionState _connection;
    private readonly IConnectionEvents _events;
    private readonly Dialogue? _dialogue;
    private readonly SendPump _pump;
    private readonly ByteQueue _queue;
    private readonly PendingFlush _pending;
    private readonly bool _flushThrough;
    private readonly long _wholeWrite;
    private readonly long _pauseThreshold;
    private readonly long _resumeThreshold;
    private int _completions;
    private int _hasEndedWriting;
    private int _owesDetach;

    public ConnectionWriter(ConnectionState connection, IConnectionEvents events, Dialogue? dialogue, SendPump pump, PipeConnectionOptions options)
    {
        _connection = connection;
        _events = events;
        _dialogue = dialogue;
        _pump = pump;
        _queue = pump.Queue;
        _pending = pump.PendingFlush;
        _flushThrough = options.FlushThrough;
        _wholeWrite = pump.WholeWrite;
        _pauseThreshold = pump.PauseThreshold;
        _resumeThreshold = pump.ResumeThreshold;
    }

    /// <summary>Any thread.</summary>
    public bool IsCompleted => Volatile.Read(ref _completions) != 0;

    /// <summary>The position after the last byte written. The writer's.</summary>
    public long Written => _queue.Written;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _queue.Written - _queue.Published;

    /// <summary>The same for a stream over the pipe, which has only exceptions to report that the peer takes no more.</summary>
    public PipeWriter ThrowingFaults => new FaultThrowingWriter(this);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint < 0) throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint, "A size is not negative; 0 asks for any.");
        if (!IsCompleted && _queue.TryGetMemory(sizeHint, out Memory<byte> memory)) return memory;
        GiveMemoryBack();
        throw _events.NotAllowed("Writing");
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (!IsCompleted)
        {
            _queue.Advance(bytes);
            return;
        }

        GiveMemoryBack();
        if (bytes != 0) throw _events.NotAllowed("Writing");
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => FlushAsync(throwsFault: false, keepsThread: false, cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        WriteAsync(source, throwsFault: false, keepsThread: false, cancellationToken);

    /// <param name="throwsFault">Whether no flush is completed because of the write's error, which is thrown instead.</param>
    /// <param name="keepsThread">Whether the caller has something to do before it lends its thread for a whole write: see <see cref="LendThread"/>.</param>
    /// <param name="cancellationToken">Cancels the wait only.</param>
    public ValueTask<FlushResult> FlushAsync(bool throwsFault, bool keepsThread, CancellationToken cancellationToken)
    {
        if (Refusal(throwsFault) is { } refusal) return ObservedTask.Create<FlushResult>(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask<FlushResult>(Task.FromCanceled<FlushResult>(cancellationToken));
        return TryBegin() ? Flush(_flushThrough, throwsFault, keepsThread, cancellationToken) : ObservedTask.Create<FlushResult>(_events.NotAllowed("Writing"));
    }

    /// <inheritdoc cref="FlushAsync(bool, bool, CancellationToken)"/>
    public ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, bool throwsFault, bool keepsThread, CancellationToken cancellationToken)
    {
        // Before the copy: a write that is refused has taken nothing.
        if (Refusal(throwsFault) is { } refusal) return ObservedTask.Create<FlushResult>(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask<FlushResult>(Task.FromCanceled<FlushResult>(cancellationToken));
        if (!TryBegin()) return ObservedTask.Create<FlushResult>(_events.NotAllowed("Writing"));
        if (!_queue.TryWriteToTail(source.Span) && WriteInPieces(source.Span) is { } exception) return ObservedTask.Create<FlushResult>(exception);
        return Flush(_flushThrough, throwsFault, keepsThread, cancellationToken);
    }

    public override Stream AsStream(bool leaveOpen = false) => ThrowingFaults.AsStream(leaveOpen);

    public override void CancelPendingFlush() => _pending.Cancel();

    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _completions, 1) != 0) return;
        if (exception is not null) _events.Abort(exception);
        if (_queue.Close()) EndWriting();
        _events.OnOutputCompleted();
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        if (exception is not null) return;
        _pump.TryRunQueued();

        // A stream that nothing releases is abandoned with its pump, which then never ends.
        if (!_pump.HasEnded) await Task.WhenAny(_pump.Ended, _events.Completion).ConfigureAwait(false);
        if (!_pump.HasEnded) await _events.Completion.ConfigureAwait(false);
        _pump.Error?.Throw();
        if (_events.IsOneWay) await _events.Completion.ConfigureAwait(false);
    }

    /// <summary>Sends everything written so far, flushed or not, and waits until the stream has it. The token cancels the wait only.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Refusal(throwsFault: true)?.Throw();
        FlushResult result;
        do
        {
            if (!TryBegin()) throw _events.NotAllowed("Writing");
            ValueTask<FlushResult> flush = Flush(flushThrough: true, throwsFault: true, keepsThread: false, cancellationToken);
            _pump.TryRunQueued();
            result = await flush.ConfigureAwait(false);
        }
        while (result.IsCanceled);
    }

    public override string ToString() => $"Output of {_events}";

    /// <summary>A caller that has nothing else to do: sends on its thread what waits to be sent, where that cannot block it.</summary>
    public void LendThread() => _pump.TryRunQueued();

    /// <summary>Any thread: ends a pending flush, if what has happened ends it.</summary>
    public void Wake() => _pending.Wake();

    /// <returns>The exception of a pool that gives no more memory.</returns>
    private Exception? WriteInPieces(ReadOnlySpan<byte> source)
    {
        long before = _queue.Written;
        try
        {
            _queue.Write(source);
            return null;
        }
        catch (Exception e)
        {
            // Part of the message may have been copied, and must not pass for all of it.
            if (_queue.Written != before) _events.Abort(e);
            if (!_queue.TryEnd()) EndWriting();
            return e;
        }
    }

    private bool TryBegin()
    {
        if (_queue.TryBegin()) return true;
        EndWriting();
        return false;
    }

    /// <summary>Once: by the thread that completes the writer, or by the call that was at work on another thread at that moment, when it is through.</summary>
    private void EndWriting()
    {
        if (Interlocked.Exchange(ref _hasEndedWriting, 1) != 0) return;
        bool isMemoryOut = _queue.PublishLast();
        if (isMemoryOut) Volatile.Write(ref _owesDetach, 1);
        _pump.OnWriterCompleted();
        if (!isMemoryOut) _queue.Detach();
    }

    private ValueTask<FlushResult> Flush(bool flushThrough, bool throwsFault, bool keepsThread, CancellationToken cancellationToken)
    {
        Metrics.NoteFlush();
        long written = _queue.Written;

        // A flush is to flush the stream, even if there is nothing to write.
        int request = written == _queue.Published ? _pump.RequestFlush() : 0;
        _queue.Publish();

        // The signal contains the full fence, also the one between Publish and the look at whether the queue was closed meanwhile.
        bool isMyTurn = _dialogue?.NoteFlush() ?? false;
        _pump.OnPublished(runHere: isMyTurn || (!keepsThread && written - _queue.Consumed >= _wholeWrite));
        if (_queue.IsClosed) EndWriting();
        if (flushThrough)
        {
            _pump.TryRunQueued();
            return _pending.WaitThroughAsync(written, throwsFault, request, cancellationToken);
        }

        return _pauseThreshold > 0 && written - _queue.Consumed >= _pauseThreshold
            ? _pending.WaitAsync(written - _resumeThreshold + 1, throwsFault, cancellationToken)
            : _pending.Result(throwsFault);
    }

    /// <summary>A writer that comes back after the end does not fill the memory any more that it had at the end.</summary>
    private void GiveMemoryBack()
    {
        if (Volatile.Read(ref _owesDetach) != 0 && Interlocked.Exchange(ref _owesDetach, 0) != 0) _queue.Detach();
    }

    private ExceptionDispatchInfo? Refusal(bool throwsFault)
    {
        if (IsCompleted) return ExceptionDispatchInfo.Capture(_events.NotAllowed("Writing"));
        if (_pending.IsPending) return ExceptionDispatchInfo.Capture(PendingFlush.AlreadyPending());
        return _connection.Fault is { } fault && (throwsFault || !fault.CompletesFlush) ? fault.Error : null;
    }
}
