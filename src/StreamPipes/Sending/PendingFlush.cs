using System.IO.Pipelines;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.Scheduling;
using StreamPipes.State;

namespace StreamPipes.Sending;

/// <summary>
/// A flush that waits until the stream has been given enough (back-pressure), or has been given and has flushed everything. One at a time.
/// </summary>
internal sealed class PendingFlush : PendingOperation<FlushResult>
{
    private readonly ConnectionLifetime _lifetime;
    private readonly SendPump _pump;
    private long _target;
    private bool _isThrough;
    private int _request;
    private int _canceled;

    public PendingFlush(ConnectionLifetime lifetime, SendPump pump, PipeScheduler? scheduler, bool useSynchronizationContext)
        : base(scheduler, useSynchronizationContext)
    {
        _lifetime = lifetime;
        _pump = pump;
    }

    protected override bool IsOver => _pump.IsOver || Volatile.Read(ref _canceled) != 0 || _lifetime.Fault is not null
        || (_isThrough ? _pump.FlushedBytes >= _target && _pump.FlushesDone - _request >= 0 : _pump.BytesSent >= _target);

    /// <summary>Waits until the stream has been given the bytes up to a position.</summary>
    public ValueTask<FlushResult> WaitAsync(long target, CancellationToken cancellationToken)
    {
        _isThrough = false;
        return WaitForAsync(target, cancellationToken);
    }

    /// <summary>Waits until the stream has flushed the bytes up to a position, and what was requested beyond them.</summary>
    public ValueTask<FlushResult> WaitThroughAsync(long target, int request, CancellationToken cancellationToken)
    {
        _isThrough = true;
        _request = request == 0 ? _pump.FlushesDone : request;
        return WaitForAsync(target, cancellationToken);
    }

    /// <summary>What a flush says that has nothing to wait for.</summary>
    public ValueTask<FlushResult> Result()
    {
        if (_lifetime.Fault is { } fault) return ObservedTask.Create<FlushResult>(fault.Exception);
        return new ValueTask<FlushResult>(new FlushResult(TakeCanceled(), _pump.IsOver));
    }

    /// <summary>Called by the pump, after a full fence, when it has got further.</summary>
    public void Look()
    {
        if (TryClaim()) Schedule();
    }

    /// <summary>As with every pipe: it ends the pending flush, or else the next one.</summary>
    public void Cancel()
    {
        Interlocked.Exchange(ref _canceled, 1);
        Wake();
    }

    protected override FlushResult Take() => _lifetime.Fault is { } fault ? throw fault.Exception : new FlushResult(TakeCanceled(), _pump.IsOver);

    private ValueTask<FlushResult> WaitForAsync(long target, CancellationToken cancellationToken)
    {
        _target = target;
        if (IsOver) return Result();
        short version = Begin(cancellationToken);
        if (!TryClaim()) return new ValueTask<FlushResult>(this, version);
        Withdraw();
        return Result();
    }

    private bool TakeCanceled() => Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0;
}
