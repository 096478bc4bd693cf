using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Scheduling;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Receiving;

/// <summary>
/// The connection's input: an error comes after the bytes received before it, an abort comes at once, and a read that would wait first
/// sends what waits to be sent.
/// </summary>
internal sealed class ConnectionReader : PipeReader
{
    private readonly ConnectionState _connection;
    private readonly IConnectionEvents _events;
    private readonly Dialogue? _dialogue;
    private readonly ByteQueue _queue;

    /// <summary>The thread that disposes the connection may be on another thread than the reader.</summary>
    private readonly object _sync = new();
    private ReadState _state;
    private long _examined;
    private long _end;
    private bool _isFinal;
    private bool _owesDetach;

    /// <summary>The reader's: its last read ended without a result. AdvanceTo may follow, with nothing.</summary>
    private bool _gaveNothing;

    private bool _hasToldEnd;
    private int _canceled;
    private volatile bool _completed;

    public ConnectionReader(ConnectionState connection, IConnectionEvents events, Dialogue? dialogue, Transport transport, PipeConnectionOptions options, TimeLimits? limits)
    {
        _connection = connection;
        _events = events;
        _dialogue = dialogue;
        DirectionSettings settings = DirectionSettings.ForReceiving(options);
        Pending = new PendingRead(this, settings.EndScheduler, settings.UseSynchronizationContext);
        Pump = new ReceivePump(this, connection, events, dialogue, transport, options, settings, limits);
        _queue = Pump.Queue;
    }

    /// <summary>What reads the stream for this reader.</summary>
    public ReceivePump Pump { get; }

    /// <summary>The wait of a read for more than there is.</summary>
    public PendingRead Pending { get; }

    /// <summary>Any thread: what the reader has looked at. What it has seen and does not consume is no reason to stop reading ahead.</summary>
    public long Examined => Volatile.Read(ref _examined);

    /// <summary>Any thread: whether a read waits for more than there is.</summary>
    public bool IsWaiting => Pending.IsWaiting;

    /// <summary>Any thread: whether a read that wants at least so many bytes need not wait.</summary>
    public bool HasNews(long minimum)
    {
        long published = _queue.Published;
        return (published > Examined && published - _queue.Consumed >= minimum) || Volatile.Read(ref _canceled) != 0 || Pump.HasLeftStream || _completed
            || _connection.Fault is { IsImmediate: true };
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => ReadAsync(minimum: 0, cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        Refusal()?.Throw();
        Pump.TryRunQueued();
        if (!HasNews(minimum: 0))
        {
            _gaveNothing = true;
            result = default;
            return false;
        }

        result = MakeResult(minimum: 0);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long examinedTo;
        lock (_sync)
        {
            if (_completed) throw RefuseBuffer();
            if (_state == ReadState.None && (!_gaveNothing || Pending.IsPending)) throw new InvalidOperationException("There is nothing to give back: AdvanceTo comes once after each read.");
            long consumedTo = PositionOf(consumed) ?? _queue.Consumed;
            examinedTo = PositionOf(examined) ?? (_end == _queue.Consumed ? _end : _examined);
            if (consumedTo < _queue.Consumed || consumedTo > _end || examinedTo > _end) throw NotOfLastRead();
            if (examinedTo < consumedTo) throw new InvalidOperationException("The examined position cannot come before the consumed one.");
            _state = ReadState.None;
            _gaveNothing = false;
            _queue.Consume(consumedTo);
        }

        // The pump's signal, which follows, contains the full fence between this and the look at whether the pump waits.
        Volatile.Write(ref _examined, examinedTo);
        Pump.OnExamined();
    }

    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _canceled, 1);
        Pending.Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!TryLeave(keepsUnread: false, out _)) return;
        Pending.Wake();
        _events.OnInputCompleted();
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        if (_events.IsOneWay) await Task.WhenAny(_events.Completion).ConfigureAwait(false);
    }

    /// <summary>Calls back once the stream has ended or failed, whether or not anything is read; not if this side stopped reading before.</summary>
    [Obsolete("Not every reader calls back. This one does.")]
    public override void OnWriterCompleted(Action<Exception?, object?> callback, object? state) => _ = NotifyEndAsync(callback, state);

    /// <summary>Any thread.</summary>
    public bool IsCompleted => _completed;

    /// <summary>Refuses to be taken over while a read is pending, or its bytes have to be given back.</summary>
    /// <param name="call">What would take it over.</param>
    public void ThrowIfBusy(string call)
    {
        if (Pending.IsPending || _state == ReadState.Held) throw new InvalidOperationException($"A read of Input is pending, or its bytes have not been given back: end it with CancelPendingRead or AdvanceTo before {call}.");
    }

    /// <summary>Completes the reader and keeps what has not been consumed. Only once the pump has ended.</summary>
    public byte[] TakeUnread()
    {
        return TryLeave(keepsUnread: true, out byte[] unread) ? unread : throw _events.NotAllowed("Reading");
    }

    /// <summary>Any thread: ends a pending read, if what has happened ends it.</summary>
    public void Wake() => Pending.Wake();

    /// <summary>Any thread: claims a pending read that what has happened ends. The caller ends it at once.</summary>
    public bool TryClaim() => Pending.TryClaim();

    /// <summary>Any thread: gives back a block that has been read to where it was filled, if the pump does not use it.</summary>
    public void ReleaseIfDrained()
    {
        lock (_sync)
        {
            if (!_completed && _state == ReadState.None) _queue.ReleaseIfDrained();
        }
    }

    public override string ToString() => $"Input of {_events}";

    /// <summary>Makes the result of a read that need not wait any more, or throws the error. Of two reads at a time one is refused here.</summary>
    public ReadResult MakeResult(long minimum)
    {
        _dialogue?.NoteRead();
        lock (_sync)
        {
            if (_completed) throw _events.NotAllowed("Reading");
            if (Pending.IsPending) throw AlreadyPending();
            if (_state == ReadState.Held) throw NotGivenBack();
            if (_connection.Fault is { IsImmediate: true } fault) fault.Error.Throw();
            bool isCanceled = Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0;

            // Before the bytes: after the end there are no more.
            bool isOver = Pump.HasLeftStream;
            ReadOnlySequence<byte> buffer = _queue.Peek(out long end);
            bool isCompleted = isOver && IsEnd(buffer.Length, end, minimum, isCanceled);
            _end = end;
            _state = isCanceled ? ReadState.Tentative : ReadState.Held;
            return new ReadResult(buffer, isCanceled, isCompleted);
        }
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken) => ReadAsync(minimumSize, cancellationToken);

    private ValueTask<ReadResult> ReadAsync(long minimum, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return ObservedTask.Create<ReadResult>(refusal);
        if (cancellationToken.IsCancellationRequested)
        {
            _gaveNothing = true;
            return new ValueTask<ReadResult>(Task.FromCanceled<ReadResult>(cancellationToken));
        }

        if (!HasNews(minimum))
        {
            _dialogue?.NoteWait();
            Pump.TryRunQueued();
            if (!Pending.TryReserve(minimum)) return ObservedTask.Create<ReadResult>(AlreadyPending());
            _gaveNothing = true;
            bool waits = Pending.Begin(cancellationToken, out ValueTask<ReadResult> read);

            // A reader who waits for more than is there is a reason to continue reading.
            if (waits) Pump.OnExamined();
            if (waits) return read;
        }

        try
        {
            return new ValueTask<ReadResult>(MakeResult(minimum));
        }
        catch (Exception e)
        {
            return ObservedTask.Create<ReadResult>(e);
        }
    }

    /// <summary>Whether the reader is to be told the end now; or throws the error that takes its place, once every byte has been seen.</summary>
    private bool IsEnd(long length, long end, long minimum, bool isCanceled)
    {
        if ((Pump.Error ?? (_hasToldEnd ? null : _connection.Fault?.Error)) is { } error)
        {
            bool isDrained = _isFinal && _examined == end;
            if (!isCanceled && (isDrained || length == 0 || length < minimum)) error.Throw();
            _isFinal = true;
            return false;
        }

        // A reader that has been told the end once is told it again, whatever becomes of the other direction.
        _hasToldEnd = true;
        return true;
    }

    private ExceptionDispatchInfo? Refusal()
    {
        if (_completed) return ExceptionDispatchInfo.Capture(_events.NotAllowed("Reading"));
        if (Pending.IsPending) return ExceptionDispatchInfo.Capture(AlreadyPending());
        if (_state == ReadState.Held) return ExceptionDispatchInfo.Capture(NotGivenBack());
        return _connection.Fault is { IsImmediate: true } fault ? fault.Error : null;
    }

    private async Task NotifyEndAsync(Action<Exception?, object?> callback, object? state)
    {
        await Pump.Ended.ConfigureAwait(false);
        if (Pump.ReachedEndOfStream || Pump.Error is not null) callback(Pump.Error?.SourceException, state);
    }

    private static InvalidOperationException AlreadyPending() => new("A read is already pending: await it before the next, one reader at a time.");

    private static InvalidOperationException NotGivenBack() => new("The bytes of the last read have not been given back: call AdvanceTo once after each read, before the next.");

    private static InvalidOperationException NotOfLastRead() => new("The position is not one of the last read's buffer: give AdvanceTo positions of the buffer that this reader's last read returned.");

    /// <summary>Once.</summary>
    private bool TryLeave(bool keepsUnread, out byte[] unread)
    {
        lock (_sync)
        {
            unread = [];
            if (_completed) return false;
            _completed = true;
            if (keepsUnread) unread = _queue.Peek(out _).ToArray();

            // A buffer that is out may still be parsed on another thread, which was not waited for; not one of a cancelled read before a detach.
            _owesDetach = (_state == ReadState.Held || (_state == ReadState.Tentative && !keepsUnread)) && _end != _queue.Consumed;
            if (!_owesDetach) _queue.Detach();
            return true;
        }
    }

    /// <summary>Under the lock: a reader that gives its buffer back after the end does not parse it any more.</summary>
    private Exception RefuseBuffer()
    {
        if (_owesDetach) _queue.Detach();
        _owesDetach = false;
        return _events.NotAllowed("Reading");
    }

    /// <returns>Null for the position that <c>default</c> is, and those of an empty buffer.</returns>
    private long? PositionOf(SequencePosition position)
    {
        if (position.GetObject() is null) return null;
        return _queue.TryLocate(position, out long located) ? located : throw NotOfLastRead();
    }

    private enum ReadState
    {
        None,
        Held,

        /// <summary>A cancelled read: its bytes may be given back, and need not be.</summary>
        Tentative,
    }
}
