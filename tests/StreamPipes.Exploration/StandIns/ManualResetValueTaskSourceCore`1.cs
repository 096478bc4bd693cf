using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace StreamPipes;

/// <summary>
/// The framework's structure, step by step as it is there but for contexts, which the library gives it none of: so the simulation sees inside.
/// </summary>
internal struct ManualResetValueTaskSourceCore<TResult>
{
    private static readonly Action<object?> Sentinel = static _ => throw new InvalidOperationException("The sentinel has been called.");

    private Action<object?>? _continuation;
    private object? _continuationState;
    private ExceptionDispatchInfo? _error;
    private TResult? _result;
    private short _version;
    private bool _isCompleted;

    public bool RunContinuationsAsynchronously { get; set; }

    public short Version => _version;

    public void Reset()
    {
        _version++;
        _continuation = null;
        _continuationState = null;
        _error = null;
        _result = default;
        _isCompleted = false;
    }

    public void SetResult(TResult result)
    {
        _result = result;
        SignalCompletion();
    }

    public void SetException(Exception error)
    {
        _error = ExceptionDispatchInfo.Capture(error);
        SignalCompletion();
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        if (Volatile.Read(ref _continuation) is null || !_isCompleted) return ValueTaskSourceStatus.Pending;
        if (_error is not { } error) return ValueTaskSourceStatus.Succeeded;
        return error.SourceException is OperationCanceledException ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Faulted;
    }

    public TResult GetResult(short token)
    {
        Check(token);
        if (!_isCompleted) throw new InvalidOperationException("The operation has not ended.");
        _error?.Throw();
        return _result!;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _ = flags;
        Check(token);
        object? stored = _continuation;
        if (stored is null)
        {
            _continuationState = state;
            stored = Interlocked.CompareExchange(ref _continuation, continuation, null);
            if (stored is null) return;
        }

        if (!ReferenceEquals(stored, Sentinel)) throw new InvalidOperationException("A value task has been awaited twice.");
        ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true);
    }

    private void SignalCompletion()
    {
        if (_isCompleted) throw new InvalidOperationException("The operation has ended twice.");
        _isCompleted = true;
        Action<object?>? continuation = Volatile.Read(ref _continuation) ?? Interlocked.CompareExchange(ref _continuation, Sentinel, null);
        continuation?.Invoke(_continuationState);
    }

    private void Check(short token)
    {
        if (token != _version) throw new InvalidOperationException("A value task has been used after its end.");
    }
}
