using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls around tasks. The framework's classes do the work, one step at a time.</summary>
[SuppressMessage("Usage", "VSTHRD002:Avoid problematic synchronous waits", Justification = "The tasks have ended by then.")]
public static class Tasks
{
    /// <summary>Called before whatever ends a task, looks whether it has ended, or says what comes after it.</summary>
    public static void Touch()
    {
        try
        {
            Step("touches a task");
        }
        catch (ExecutionOverException)
        {
            // Thrown from where a method tells its task how it has ended, it would come out at the process.
        }
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

    /// <summary>The framework's own would go on in its own thread pool.</summary>
    [Replaces(typeof(Task), nameof(Task.WhenAll))]
    public static Task WhenAll(ReadOnlySpan<Task> tasks) => WhenAll(tasks.ToArray());

    [Replaces(typeof(Task), nameof(Task.WhenAll))]
    public static async Task WhenAll(Task[] tasks)
    {
        foreach (Task task in tasks)
        {
            Touch();
            await task.ConfigureAwait(true);
        }
    }

    [Replaces(typeof(Task), nameof(Task.WhenAny))]
    public static Task<Task> WhenAny(Task one, Task other) => WhenAny([one, other]);

    [Replaces(typeof(Task), nameof(Task.WhenAny))]
    public static Task<Task> WhenAny(ReadOnlySpan<Task> tasks) => WhenAny(tasks.ToArray());

    [Replaces(typeof(Task), nameof(Task.WhenAny))]
    public static Task<Task> WhenAny(Task[] tasks)
    {
        TaskCompletionSource<Task> first = new();
        foreach (Task task in tasks) _ = ReportAsync(task);
        return first.Task;

        async Task ReportAsync(Task task)
        {
            Touch();
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            Touch();
            first.TrySetResult(task);
        }
    }

    internal static void Step(string what)
    {
        if (SimulatedThread.Current is { } thread) thread.Execution.FrameworkEvent(thread, what);
    }
}
