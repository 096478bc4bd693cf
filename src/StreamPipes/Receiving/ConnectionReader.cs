using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.State;

namespace StreamPipes.Receiving;

/// <summary>
/// The connection's input: an error comes after the bytes received before it, an abort comes at once, and a read that would wait first
/// sends what waits to be sent.
/// </summary>
internal sealed class ConnectionReader : PipeReader
{
    private readonly ConnectionLifetime _lifetime;
    private readonly ReceivePump _pump;
    private readonly ByteQueue _queue;
    private readonly PendingRead _wait;

    /// <summary>Whoever disposes the connection may be on another thread than the reader.</summary>
    private readonly object _sync = new();
    private ReadState _state;
    private long _minimum;
    private long _examined;
    private long _end;
    private bool _isFinal;
    private bool _hasToldEnd;
    private int _canceled;
    private volatile bool _completed;

    public ConnectionReader(ConnectionLifetime lifetime, ReceivePump pump)
    {
        _lifetime = lifetime;
        _pump = pump;
        _queue = pump.Queue;
        _wait = new PendingRead(this, pump.ReaderScheduler, pump.UseSynchronizationContext);
    }

    /// <summary>What the reader has looked at: what it has seen and does not consume is no reason to stop reading ahead.</summary>
    public long Examined => Volatile.Read(ref _examined);

    /// <summary>Whether a read waits for more than there is.</summary>
    public bool IsWaiting => _wait.IsWaiting;

    /// <summary>Whether a read need not wait.</summary>
    public bool HasNews
    {
        get
        {
            long published = _queue.Published;
            return (published > _examined && published - _queue.Consumed >= _minimum) || Volatile.Read(ref _canceled) != 0 || _pump.IsOver || _completed
                || _lifetime.Fault is { IsImmediate: true };
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => ReadAsync(minimum: 0, cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        if (Refusal() is { } refusal) ExceptionDispatchInfo.Capture(refusal).Throw();
        _pump.EnsureStarted();
        _minimum = 0;
        if (!HasNews)
        {
            result = default;
            return false;
        }

        result = Take();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long examinedTo;
        lock (_sync)
        {
            if (_completed) throw _lifetime.NotAllowed("Reading");
            if (_state == ReadState.None) throw new InvalidOperationException("There is nothing to give back: AdvanceTo comes once after each read.");
            long consumedTo = PositionOf(consumed) ?? _queue.Consumed;
            examinedTo = PositionOf(examined) ?? (_end == _queue.Consumed ? _end : _examined);
            if (consumedTo < _queue.Consumed || consumedTo > _end || examinedTo > _end) throw new InvalidOperationException("The position is not one of the last read's buffer.");
            if (examinedTo < consumedTo) throw new InvalidOperationException("The examined position cannot come before the consumed one.");
            _state = ReadState.None;
            _queue.Consume(consumedTo);
        }

        Interlocked.Exchange(ref _examined, examinedTo);
        _pump.OnExamined();
    }

    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _canceled, 1);
        _wait.Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!TryLeave(keepsUnread: false, out _)) return;
        _wait.Wake();
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
        if (_wait.IsPending || _state != ReadState.None) throw new InvalidOperationException("A read of Input is pending, or its bytes have not been given back: end it with CancelPendingRead or AdvanceTo before DetachAsync.");
    }

    /// <summary>Completes the reader and keeps what nobody has consumed. Only once the pump has ended.</summary>
    public byte[] TakeUnread()
    {
        return TryLeave(keepsUnread: true, out byte[] unread) ? unread : throw _lifetime.NotAllowed("Reading");
    }

    /// <summary>Makes a pending read look at what has happened.</summary>
    public void Wake() => _wait.Wake();

    /// <summary>The pump's: whether there is a read to be woken by what was published, and the pump is the one to do it.</summary>
    public bool TryClaim() => _wait.TryClaim();

    /// <summary>Runs a claimed read here.</summary>
    public void RunHere() => _wait.Complete();

    /// <summary>Runs a claimed read on the thread pool.</summary>
    public void RunElsewhere() => _wait.ScheduleElsewhere();

    /// <summary>Runs a claimed read where its scheduler says.</summary>
    public void Run() => _wait.Schedule();

    public override string ToString() => $"Input of {_lifetime}";

    /// <summary>Makes the result of a read that need not wait any more, or throws the error.</summary>
    public ReadResult Take()
    {
        lock (_sync)
        {
            if (_completed) throw _lifetime.NotAllowed("Reading");
            if (_lifetime.Fault is { IsImmediate: true } fault) throw fault.Exception;
            return Look();
        }
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken) => ReadAsync(minimumSize, cancellationToken);

    private ReadResult Look()
    {
        bool isCanceled = Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0;

        // Before the bytes: after the end there are no more.
        bool isOver = _pump.IsOver;
        ReadOnlySequence<byte> buffer = _queue.Peek(out long end);
        bool isCompleted = isOver && IsEnd(buffer.Length, end, isCanceled);
        _end = end;
        _state = isCanceled ? ReadState.Tentative : ReadState.Held;
        return new ReadResult(buffer, isCanceled, isCompleted);
    }

    private ValueTask<ReadResult> ReadAsync(long minimum, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return ObservedTask.Create<ReadResult>(refusal);
        if (cancellationToken.IsCancellationRequested) return new ValueTask<ReadResult>(Task.FromCanceled<ReadResult>(cancellationToken));
        _minimum = minimum;
        if (!HasNews)
        {
            _lifetime.SendBeforeWaiting();
            _pump.EnsureStarted();
            short version = _wait.Begin(cancellationToken);
            _pump.OnExamined();
            if (!_wait.TryClaim()) return new ValueTask<ReadResult>(_wait, version);
            _wait.Withdraw();
        }

        try
        {
            return new ValueTask<ReadResult>(Take());
        }
        catch (Exception e)
        {
            return ObservedTask.Create<ReadResult>(e);
        }
    }

    /// <summary>Whether the reader is to be told the end now; or throws the error that takes its place, once every byte has been seen.</summary>
    private bool IsEnd(long length, long end, bool isCanceled)
    {
        if ((_pump.EndError ?? (_hasToldEnd ? null : _lifetime.Fault?.Exception)) is { } error)
        {
            bool isDrained = _isFinal && _examined == end;
            if (!isCanceled && (isDrained || length == 0 || length < _minimum)) throw error;
            _isFinal = true;
            return false;
        }

        // Whoever has been told the end once is told it again, whatever becomes of the other direction.
        _hasToldEnd = true;
        return true;
    }

    private Exception? Refusal()
    {
        if (_completed) return _lifetime.NotAllowed("Reading");
        if (_wait.IsPending) return new InvalidOperationException("A read is already pending: await it before the next, one reader at a time.");
        if (_state == ReadState.Held) return new InvalidOperationException("The bytes of the last read have not been given back: call AdvanceTo once after each read, before the next.");
        return _lifetime.Fault is { IsImmediate: true } fault ? fault.Exception : null;
    }

    /// <summary>Once.</summary>
    private bool TryLeave(bool keepsUnread, out byte[] unread)
    {
        lock (_sync)
        {
            unread = [];
            if (_completed) return false;
            _completed = true;
            if (keepsUnread) unread = _queue.Peek(out _).ToArray();
            if (_state != ReadState.None) _queue.AbandonReading();
            _queue.Leave();
            return true;
        }
    }

    private static long? PositionOf(SequencePosition position) =>
        position.GetObject() is Segment segment ? segment.Start + (position.GetInteger() & int.MaxValue) : null;

    private enum ReadState
    {
        None,
        Held,

        /// <summary>A cancelled read: its bytes may be given back, and need not be.</summary>
        Tentative,
    }
}
