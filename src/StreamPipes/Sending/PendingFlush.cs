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
    private int _request;
    private int _canceled;

    public PendingFlush(ConnectionState connection, SendPump pump, DirectionSettings settings)
        : base(settings.EndScheduler, settings.UseSynchronizationContext)
    {
        _connection = connection;
        _pump = pump;
    }

    protected override bool IsOver => _pump.HasLeftStream || Volatile.Read(ref _canceled) != 0 || _connection.Fault is not null
        || (_isThrough ? _pump.FlushedBytes >= _target && _pump.FlushesDone - _request >= 0 : _pump.BytesSent >= _target);

    /// <summary>Writer: waits until the stream has taken the bytes up to a position.</summary>
    public ValueTask<FlushResult> WaitAsync(long target, CancellationToken cancellationToken) => WaitForAsync(target, isThrough: false, request: 0, cancellationToken);

    /// <summary>Writer: waits until the stream has flushed the bytes up to a position, and what was requested beyond them.</summary>
    public ValueTask<FlushResult> WaitThroughAsync(long target, int request, CancellationToken cancellationToken) =>
        WaitForAsync(target, isThrough: true, request == 0 ? _pump.FlushesDone : request, cancellationToken);

    /// <summary>Writer: the result of a flush that has nothing to wait for.</summary>
    public ValueTask<FlushResult> Result()
    {
        if (_connection.Fault is { } fault) return ObservedTask.Create<FlushResult>(fault.Exception);
        return new ValueTask<FlushResult>(new FlushResult(TakeCanceled(), _pump.HasLeftStream));
    }

    /// <summary>Any thread: as with every pipe, it ends the pending flush, or else the next one.</summary>
    public void Cancel()
    {
        Volatile.Write(ref _canceled, 1);
        Wake();
    }

    /// <summary>Writer: the refusal of a second flush.</summary>
    public static InvalidOperationException AlreadyPending() => new("A flush is already pending: await it before the next, one writer at a time.");

    protected override FlushResult MakeResult() => _connection.Fault is { } fault ? throw fault.Exception : new FlushResult(TakeCanceled(), _pump.HasLeftStream);

    private ValueTask<FlushResult> WaitForAsync(long target, bool isThrough, int request, CancellationToken cancellationToken)
    {
        if (!TryReserve()) return ObservedTask.Create<FlushResult>(AlreadyPending());
        _target = target;
        _isThrough = isThrough;
        _request = request;
        return Begin(cancellationToken, out ValueTask<FlushResult> flush) ? flush : Result();
    }

    private bool TakeCanceled() => Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0;
}
