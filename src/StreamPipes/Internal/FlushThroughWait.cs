using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace StreamPipes.Internal;

/// <summary>A flush that waits until the stream has been given its bytes and has flushed them. One at a time, without allocating.</summary>
internal sealed class FlushThroughWait : IValueTaskSource<FlushResult>
{
    private readonly object _sync = new();
    private ManualResetValueTaskSourceCore<FlushResult> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellationToken;
    private long _target;
    private bool _waiting;
    private bool _canceled;

    /// <summary>Starts to wait for a position, before its bytes are on their way.</summary>
    public ValueTask<FlushResult> Begin(long target, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (_canceled)
            {
                _canceled = false;
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: true, isCompleted: false));
            }

            _core.Reset();
            _target = target;
            _cancellationToken = cancellationToken;
            _waiting = true;
        }

        if (cancellationToken.CanBeCanceled)
        {
#if NET
            _registration = cancellationToken.UnsafeRegister(static wait => ((FlushThroughWait)wait!).OnTokenCanceled(), this);
#else
            _registration = cancellationToken.Register(static wait => ((FlushThroughWait)wait!).OnTokenCanceled(), this);
#endif
        }

        return new ValueTask<FlushResult>(this, _core.Version);
    }

    public void OnFlushed(long position)
    {
        if (Claim(position)) _core.SetResult(new FlushResult(isCanceled: false, isCompleted: false));
    }

    /// <summary>As with every pipe: it ends the pending flush, or else the next one.</summary>
    public void Cancel()
    {
        lock (_sync)
        {
            if (!_waiting)
            {
                _canceled = true;
                return;
            }

            _waiting = false;
        }

        _core.SetResult(new FlushResult(isCanceled: true, isCompleted: false));
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnTokenCanceled()
    {
        if (Claim(long.MaxValue)) _core.SetException(new OperationCanceledException(_cancellationToken));
    }

    private bool Claim(long position)
    {
        lock (_sync)
        {
            if (!_waiting || position < _target) return false;
            _waiting = false;
            return true;
        }
    }
}
