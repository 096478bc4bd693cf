using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>The send pipe's writer as the user sees it: it throws the connection's error, and completing it can be awaited.</summary>
internal sealed class ConnectionWriter : PipeWriter
{
    private readonly ConnectionLifetime _lifetime;
    private readonly SendPump _pump;
    private readonly PipeWriter _inner;
    private readonly FlushRelay _relay;
    private readonly FlushThroughWait? _flushThrough;
    private long _advanced;
    private long _flushed;
    private volatile bool _completed;

    public ConnectionWriter(ConnectionLifetime lifetime, SendPump pump, PipeConnectionOptions options)
    {
        _lifetime = lifetime;
        _pump = pump;
        _inner = pump.Writer;
        _relay = new FlushRelay(this, pump.UseSynchronizationContext);
        if (!options.FlushThrough) return;
        _flushThrough = new FlushThroughWait();
        pump.OnFlushed = _flushThrough.OnFlushed;
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _inner.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        _inner.Advance(bytes);
        _advanced += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (Refusal() is { } refusal) return FaultedTask.Create<FlushResult>(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask<FlushResult>(Task.FromCanceled<FlushResult>(cancellationToken));
        bool isEmpty = _flushed == _advanced;
        _flushed = _advanced;
        _pump.NoteFlush(_flushed);
        ValueTask<FlushResult> written = _flushThrough?.Begin(_flushed, cancellationToken) ?? default;
        ValueTask<FlushResult> flush = _inner.FlushAsync(_flushThrough is null ? cancellationToken : default);

        // A pipe does not wake its reader for nothing; but whoever flushes a stream wants it flushed.
        if (isEmpty) _pump.RequestFlush();
        if (_flushThrough is null) return _relay.Relay(flush);

        _pump.RunClaimed();
        return _relay.Relay(written);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        // Before the copy: a write that is refused has taken nothing.
        if (Refusal() is { } refusal) return FaultedTask.Create<FlushResult>(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask<FlushResult>(Task.FromCanceled<FlushResult>(cancellationToken));
        _inner.Write(source.Span);
        _advanced += source.Length;
        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        if (_flushThrough is null) _inner.CancelPendingFlush();
        else _flushThrough.Cancel();
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        if (exception is not null) _lifetime.Abort(exception);
        _pump.NoteFlush(_advanced);
        _inner.Complete();
        _lifetime.OnOutputCompleted();
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        if (exception is not null) return;
        _pump.RunClaimed();
        await _pump.Ended.ConfigureAwait(false);
        if (_pump.EndError is { } error) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error).Throw();
        if (_lifetime.IsOneWay) await _lifetime.Completion.ConfigureAwait(false);
    }

    /// <summary>Sends everything written so far, flushed or not, and waits until the stream has it. The token cancels the wait only.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        _pump.RunClaimed();
        await CancellableWait.ForAsync(_pump.WaitDrainedAsync(_flushed), cancellationToken).ConfigureAwait(false);
        if (Refusal() is { } refusal) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(refusal).Throw();
    }

    /// <summary>Makes a pending flush look at the fault. Whatever it wakes with, it looks.</summary>
    public void Wake() => CancelPendingFlush();

    private Exception? Refusal()
    {
        if (_completed) return _lifetime.NotAllowed("Writing");
        if (_relay.IsPending) return new InvalidOperationException("A flush is already pending: await it before the next, one writer at a time.");
        return _lifetime.Fault?.Exception;
    }

    private sealed class FlushRelay : ResultRelay<FlushResult, FlushResult>
    {
        private readonly ConnectionWriter _writer;

        public FlushRelay(ConnectionWriter writer, bool useSynchronizationContext)
            : base(useSynchronizationContext) => _writer = writer;

        protected override FlushResult Look(FlushResult result) => _writer._lifetime.Fault is { } fault ? throw fault.Exception : result;
    }
}
