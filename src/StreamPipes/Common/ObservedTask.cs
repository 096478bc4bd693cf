namespace StreamPipes.Common;

/// <summary>Failed operations as tasks that never end up in <see cref="TaskScheduler.UnobservedTaskException"/>, even if nobody awaits them.</summary>
internal static class ObservedTask
{
    public static ValueTask<T> Create<T>(Exception exception)
    {
        Task<T> task = Task.FromException<T>(exception);
        Observe(task);
        return new ValueTask<T>(task);
    }

    /// <summary>The same for a task that has not ended yet.</summary>
    public static void ObserveLater(Task task)
    {
        if (task.IsCompleted) Observe(task);
        else _ = task.ContinueWith(Observe, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Reading the exception marks it as seen.</summary>
    public static void Observe(Task task) => _ = task.Exception;
}
