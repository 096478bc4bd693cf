using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;

namespace StreamPipes.Internal;

/// <summary>
/// The receive pipe's reader as the user sees it: an error comes after the bytes received before it, an abort comes at once, and a read
/// that would wait first sends what waits to be sent.
/// </summary>
internal sealed class ConnectionReader : PipeReader
{
    private readonly ConnectionLifetime _lifetime;
    private readonly ReceivePump _pump;
    private readonly PipeReader _inner;
    private readonly ReadRelay _relay;
    private ReadOnlySequence<byte> _last;
    private bool _lastIsFinal;
    private bool _isDrained;
    private bool _isHeld;
    private bool _hasToldEnd;
    private volatile bool _completed;

    public ConnectionReader(ConnectionLifetime lifetime, ReceivePump pump)
    {
        _lifetime = lifetime;
        _pump = pump;
        _inner = pump.Reader;
        _relay = new ReadRelay(this, pump.UseSynchronizationContext);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (Refusal() is { } refusal) return FaultedTask.Create<ReadResult>(refusal);
        _relay.Minimum = 0;
        return RelayOrSend(_inner.ReadAsync(cancellationToken));
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return FaultedTask.Create<ReadResult>(refusal);
        _relay.Minimum = minimumSize;
        return RelayOrSend(_inner.ReadAtLeastAsync(minimumSize, cancellationToken));
    }

    public override bool TryRead(out ReadResult result)
    {
        if (Refusal() is { } refusal) ExceptionDispatchInfo.Capture(refusal).Throw();
        _pump.EnsureStarted();
        if (!_inner.TryRead(out result)) return false;
        result = Look(result, minimum: 0);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _isDrained = _lastIsFinal && (_last.IsEmpty || _last.Slice(examined).IsEmpty);
        _last = default;
        _isHeld = false;
        _inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        _last = default;

        // A pipe leaves a read that is pending, or about to be, alone for ever.
        _inner.CancelPendingRead();
        _inner.Complete();
        _lifetime.OnInputCompleted();
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        if (_lifetime.IsOneWay) await Task.WhenAny(_lifetime.Completion).ConfigureAwait(false);
    }

    /// <summary>Refuses to be taken apart while somebody waits for bytes, or holds some.</summary>
    public void ThrowIfBusy()
    {
        if (_relay.IsPending || _isHeld) throw new InvalidOperationException("A read of Input is pending, or its bytes have not been given back: end it with CancelPendingRead or AdvanceTo before DetachAsync.");
    }

    /// <summary>Completes the reader and keeps what nobody has consumed. Only once the pump has ended.</summary>
    public byte[] TakeUnread()
    {
        byte[] unread = [];
        if (_inner.TryRead(out ReadResult rest)) unread = rest.Buffer.ToArray();
        _completed = true;
        _inner.Complete();
        return unread;
    }

    /// <summary>Makes a pending read look at the fault. Whatever it wakes with, it looks.</summary>
    public void Wake() => _inner.CancelPendingRead();

    private ValueTask<ReadResult> RelayOrSend(ValueTask<ReadResult> read)
    {
        if (!read.IsCompleted)
        {
            _pump.EnsureStarted();
            _lifetime.SendBeforeWaiting();
        }

        return _relay.Relay(read);
    }

    private Exception? Refusal()
    {
        if (_completed) return _lifetime.NotAllowed("Reading");
        if (_relay.IsPending) return new InvalidOperationException("A read is already pending: await it before the next, one reader at a time.");
        return _lifetime.Fault is { IsImmediate: true } fault ? fault.Exception : null;
    }

    private ReadResult Look(in ReadResult result, long minimum)
    {
        if (_completed) throw _lifetime.NotAllowed("Reading");
        if (_lifetime.Fault is { IsImmediate: true } fault) throw Withhold(result, fault.Exception);
        _isHeld = true;
        if (!result.IsCompleted) return result;
        if ((_pump.EndError ?? (_hasToldEnd ? null : _lifetime.Fault?.Exception)) is { } error)
        {
            if (!result.IsCanceled && (_isDrained || result.Buffer.IsEmpty || result.Buffer.Length < minimum)) throw Withhold(result, error);
            _lastIsFinal = true;
            _last = result.Buffer;
            return new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
        }

        // Whoever has been told the end once is told it again, whatever becomes of the other direction.
        _hasToldEnd = true;
        return result;
    }

    /// <summary>Undoes the read that the pipe believes was successful, so that the next one is told the same.</summary>
    private Exception Withhold(in ReadResult result, Exception error)
    {
        _isHeld = false;
        _inner.AdvanceTo(result.Buffer.Start);
        return error;
    }

    private sealed class ReadRelay : ResultRelay<ReadResult, ReadResult>
    {
        private readonly ConnectionReader _reader;

        public ReadRelay(ConnectionReader reader, bool useSynchronizationContext)
            : base(useSynchronizationContext) => _reader = reader;

        public long Minimum { get; set; }

        protected override ReadResult Look(ReadResult result) => _reader.Look(result, Minimum);
    }
}
