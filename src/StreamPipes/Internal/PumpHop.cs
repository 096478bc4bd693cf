using System.Runtime.CompilerServices;

namespace StreamPipes.Internal;

/// <summary>See <see cref="PumpWait.Elsewhere"/>.</summary>
internal readonly struct PumpHop : ICriticalNotifyCompletion
{
    private readonly PumpWait _wait;

    public PumpHop(PumpWait wait) => _wait = wait;

    public bool IsCompleted => false;

    public PumpHop GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing to hand over: the hop is the result.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => _wait.GoOnElsewhere(continuation);
}
