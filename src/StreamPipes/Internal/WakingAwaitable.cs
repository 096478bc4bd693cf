using System.Runtime.CompilerServices;

namespace StreamPipes.Internal;

/// <summary>
/// Awaits an operation of the receive pump and wakes the reader meanwhile: here, once the pump's continuation is hooked up, or on the
/// thread pool, if the operation is over already and the pump goes on at once.
/// </summary>
internal readonly struct WakingAwaitable<T> : ICriticalNotifyCompletion
{
    private readonly ValueTask<T> _operation;
    private readonly ReaderWakeUp? _wakeUp;

    public WakingAwaitable(ValueTask<T> operation, ReaderWakeUp? wakeUp)
    {
        _operation = operation;
        _wakeUp = wakeUp;
    }

    public bool IsCompleted
    {
        get
        {
            if (!_operation.IsCompleted) return false;
            _wakeUp?.RunElsewhere();
            return true;
        }
    }

    public WakingAwaitable<T> GetAwaiter() => this;

    public T GetResult() => _operation.ConfigureAwait(false).GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        // This very struct may be overwritten by the continuation, on another thread, before the next line.
        ReaderWakeUp? wakeUp = _wakeUp;
        _operation.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(continuation);
        wakeUp?.RunHere();
    }
}
