using System.IO.Pipelines;
using StreamPipes.Common;
using StreamPipes.Scheduling;
using StreamPipes.State;

namespace StreamPipes.Sending;

/// <summary>
/// A flush that waits until the stream has taken enough (back-pressure), or has taken and flushed everything. One at a time.
/// </summary>
internal sealed class PendingFlush : PendingOperation<FlushResult>
{
    private readonly ConnectionState _connection;
    private readonly SendPump _pump;
    private long _target;
    private bool _isThrough;
    private bool _throwsFault;
    private int _request;
    private int _canceled;

    public PendingFlush(ConnectionState connection, SendPump pump, DirectionSettings settings)
        : base(settings.EndScheduler, settings.UseSynchronizationContext)
    {
        _connection = connection;
        _pump = pump;
    }

    /// <summary>The caller that flushes need not await it.</summary>
    protected override bool MayBeDropped => true;

    protected override bool IsOver => _pump.HasLeftStream || Volatile.Read(ref _canceled) != 0 || _connection.Fault is not null
        || (_isThrough ? _pump.FlushedBytes >= _target && _pump.FlushesDone - _request >= 0 : _pump.BytesSent >= _target);

    /// <summary>Writer: waits until the stream has taken the bytes up to a position.</summary>
    public ValueTask<FlushResult> WaitAsync(long target, bool throwsFault, CancellationToken cancellationToken) =>
        WaitForAsync(target, isThrough: false, throwsFault, request: 0, cancellationToken);

    /// <summary>Writer: waits until the stream has flushed the bytes up to a position, and what was requested beyond them.</summary>
    public ValueTask<FlushResult> WaitThroughAsync(long target, bool throwsFault, int request, CancellationToken cancellationToken) =>
        WaitForAsync(target, isThrough: true, throwsFault, request == 0 ? _pump.FlushesDone : request, cancellationToken);

    /// <summary>Writer: the result of a flush that has nothing to wait for.</summary>
    /// <param name="throwsFault">Whether a peer that takes no more is an error for the caller.</param>
    public ValueTask<FlushResult> Result(bool throwsFault)
    {
        Fault? fault = _connection.Fault;
        return fault is null || (fault.CompletesFlush && !throwsFault)
            ? new ValueTask<FlushResult>(Result(fault))
            : ObservedTask.Create<FlushResult>(fault.Error);
    }

    /// <summary>Any thread: as with every pipe, it ends the pending flush, or else the next one.</summary>
    public void Cancel()
    {
        Volatile.Write(ref _canceled, 1);
        Wake();
    }

    /// <summary>Writer: the refusal of a second flush.</summary>
    public static InvalidOperationException AlreadyPending() => new("A flush is already pending: await it before the next, one writer at a time.");

    protected override FlushResult MakeResult()
    {
        Fault? fault = _connection.Fault;
        if (fault is not null && (_throwsFault || !fault.CompletesFlush)) fault.Error.Throw();
        return Result(fault);
    }

    private FlushResult Result(Fault? completing)
    {
        completing?.OnFlushCompleted();
        return new FlushResult(TakeCanceled(), isCompleted: completing is not null || _pump.HasLeftStream);
    }

    private ValueTask<FlushResult> WaitForAsync(long target, bool isThrough, bool throwsFault, int request, CancellationToken cancellationToken)
    {
        if (!TryReserve()) return ObservedTask.Create<FlushResult>(AlreadyPending());
        _target = target;
        _isThrough = isThrough;
        _throwsFault = throwsFault;
        _request = request;
        return Begin(cancellationToken, out ValueTask<FlushResult> flush) ? flush : Result(throwsFault);
    }

    private bool TakeCanceled() => Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0;
}
