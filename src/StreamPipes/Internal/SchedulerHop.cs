using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace StreamPipes.Internal;

/// <summary>Awaited, it goes on on a scheduler.</summary>
internal readonly struct SchedulerHop : ICriticalNotifyCompletion
{
    private static readonly Action<object?> Invoke = static continuation => ((Action)continuation!)();
    private readonly PipeScheduler _scheduler;

    public SchedulerHop(PipeScheduler scheduler) => _scheduler = scheduler;

    public bool IsCompleted => false;

    public SchedulerHop GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing to hand over: the hop is the result.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => _scheduler.Schedule(Invoke, continuation);
}
