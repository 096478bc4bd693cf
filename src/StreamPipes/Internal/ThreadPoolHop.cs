using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace StreamPipes.Internal;

/// <summary>Awaited, it goes on on the thread pool.</summary>
internal readonly struct ThreadPoolHop : ICriticalNotifyCompletion
{
    private static readonly Action<object?> Invoke = static continuation => ((Action)continuation!)();

    public bool IsCompleted => false;

    public ThreadPoolHop GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing to hand over: the hop is the result.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => PipeScheduler.ThreadPool.Schedule(Invoke, continuation);
}
