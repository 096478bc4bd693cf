using System.Runtime.CompilerServices;
using StreamPipes.Receiving;

namespace StreamPipes.Scheduling;

/// <summary>
/// Awaits a read of the receive pump and wakes the reader meanwhile: here, once the pump's continuation is hooked up, or on the thread
/// pool, if the read is over already and the pump goes on at once.
/// </summary>
internal readonly struct WakingAwaitable : ICriticalNotifyCompletion
{
    private readonly ValueTask<int> _operation;
    private readonly ReceivePump _pump;

    public WakingAwaitable(ValueTask<int> operation, ReceivePump pump)
    {
        _operation = operation;
        _pump = pump;
    }

    public bool IsCompleted
    {
        get
        {
            if (!_operation.IsCompleted) return false;
            _pump.WakeReaderElsewhere();
            return true;
        }
    }

    public WakingAwaitable GetAwaiter() => this;

    public int GetResult() => _operation.ConfigureAwait(false).GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        // This very struct may be overwritten by the continuation, on another thread, before the next line.
        ReceivePump pump = _pump;
        _operation.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(continuation);
        pump.WakeReaderHere();
    }
}
