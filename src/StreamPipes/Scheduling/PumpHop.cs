using System.Runtime.CompilerServices;

namespace StreamPipes.Scheduling;

/// <summary>See <see cref="PumpSignal.Elsewhere"/>.</summary>
internal readonly struct PumpHop : ICriticalNotifyCompletion
{
    private readonly PumpSignal _wait;

    public PumpHop(PumpSignal wait) => _wait = wait;

    public bool IsCompleted => false;

    public PumpHop GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing to hand over: the hop is the result.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => _wait.GoOnElsewhere(continuation);
}
