using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls for threads and the thread pool.</summary>
public static class Threads
{
    private static readonly ConditionalWeakTable<Thread, ThreadStart> Starts = [];
    private static readonly ConditionalWeakTable<Thread, SimulatedThread> Started = [];

    [Replaces(typeof(ThreadPool), nameof(ThreadPool.UnsafeQueueUserWorkItem))]
    public static bool Queue(IThreadPoolWorkItem item, bool preferLocal)
    {
        _ = preferLocal;
        return Queue(item.Execute);
    }

    [Replaces(typeof(ThreadPool), nameof(ThreadPool.UnsafeQueueUserWorkItem))]
    [Replaces(typeof(ThreadPool), nameof(ThreadPool.QueueUserWorkItem))]
    public static bool Queue(WaitCallback callback, object? state) => Queue(() => callback(state));

    [Replaces(typeof(ThreadPool), nameof(ThreadPool.UnsafeQueueUserWorkItem))]
    [Replaces(typeof(ThreadPool), nameof(ThreadPool.QueueUserWorkItem))]
    public static bool Queue<TState>(Action<TState> callback, TState state, bool preferLocal)
    {
        _ = preferLocal;
        return Queue(() => callback(state));
    }

    [Replaces(typeof(PipeScheduler), nameof(PipeScheduler.Schedule))]
    public static void Schedule(PipeScheduler scheduler, Action<object?> action, object? state)
    {
        if (ReferenceEquals(scheduler, PipeScheduler.ThreadPool)) Queue(() => action(state));
        else scheduler.Schedule(action, state);
    }

    [Replaces(typeof(Thread), ".ctor")]
    public static Thread Create(ThreadStart start)
    {
        Thread thread = new(start);
        Starts.Add(thread, start);
        return thread;
    }

    [Replaces(typeof(Thread), nameof(Thread.Start))]
    public static void Start(Thread thread)
    {
        if (SimulatedThread.Current is not { } creator)
        {
            thread.Start();
            return;
        }

        Starts.TryGetValue(thread, out ThreadStart? start);
        Started.Add(thread, creator.Execution.Start(creator, thread.Name ?? "a thread", () => start!()));
    }

    [Replaces(typeof(Thread), nameof(Thread.Join))]
    public static void Join(Thread thread)
    {
        if (SimulatedThread.Current is not { } waiting || !Started.TryGetValue(thread, out SimulatedThread? started))
        {
            thread.Join();
            return;
        }

        waiting.Execution.Block(waiting, () => started.IsOver, $"the end of {started.Name}");
        waiting.View.Join(started.View);
    }

    /// <summary>Which shelf of a pool is taken must not depend on where the process happens to run.</summary>
    [Replaces(typeof(Thread), nameof(Thread.GetCurrentProcessorId))]
    public static int CurrentProcessorId() => 0;

    [Replaces(typeof(Thread), nameof(Thread.SpinWait))]
    public static void SpinWait(int iterations) => _ = iterations;

    [Replaces(typeof(Environment), "get_CurrentManagedThreadId")]
    public static int CurrentManagedThreadId() => SimulatedThread.Current?.ManagedId ?? Environment.CurrentManagedThreadId;

    /// <summary>The one that brings continuations to the simulated pool is not there for the code under test.</summary>
    [Replaces(typeof(SynchronizationContext), "get_Current")]
    public static SynchronizationContext? Context() => SimulatedThread.Current is null ? SynchronizationContext.Current : null;

    private static bool Queue(Action action)
    {
        // Outside of an execution nothing of it is left to go on.
        if (SimulatedThread.Current is { } thread) thread.Execution.Start(thread, "the pool", action);
        return true;
    }
}
