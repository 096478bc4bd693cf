using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls around tasks. The framework's classes do the work, one step at a time.</summary>
[SuppressMessage("Usage", "VSTHRD002:Avoid problematic synchronous waits", Justification = "The tasks have ended by then.")]
public static class Tasks
{
    /// <summary>Called before whatever ends a task, or looks whether it has ended.</summary>
    public static void Touch()
    {
        if (SimulatedThread.Current is { } thread) thread.Execution.FrameworkEvent(thread, "touches a task");
    }

    [Replaces(typeof(TaskAwaiter), nameof(TaskAwaiter.GetResult))]
    public static void GetResult(ref TaskAwaiter awaiter)
    {
        TaskAwaiter waited = awaiter;
        if (!waited.IsCompleted && SimulatedThread.Current is { } thread)
        {
            thread.Execution.Block(thread, () => waited.IsCompleted, "a task");
            Step("has waited for a task");
        }

        awaiter.GetResult();
    }

    [Replaces(typeof(TaskAwaiter<>), nameof(TaskAwaiter<>.GetResult))]
    public static T GetResult<T>(ref TaskAwaiter<T> awaiter)
    {
        TaskAwaiter<T> waited = awaiter;
        if (!waited.IsCompleted && SimulatedThread.Current is { } thread)
        {
            thread.Execution.Block(thread, () => waited.IsCompleted, "a task");
            Step("has waited for a task");
        }

        return awaiter.GetResult();
    }

    [Replaces(typeof(Task), nameof(Task.Wait))]
    public static void Wait(Task task)
    {
        if (!task.IsCompleted && SimulatedThread.Current is { } thread)
        {
            thread.Execution.Block(thread, () => task.IsCompleted, "a task");
            Step("has waited for a task");
        }

        task.GetAwaiter().GetResult();
    }

    internal static void Step(string what)
    {
        if (SimulatedThread.Current is { } thread) thread.Execution.FrameworkEvent(thread, what);
    }
}
