using System.Runtime.ExceptionServices;

namespace StreamPipes.Common;

/// <summary>Failed operations as tasks that never end up in <see cref="TaskScheduler.UnobservedTaskException"/>, even if they are not awaited.</summary>
internal static class ObservedTask
{
    public static ValueTask<T> Create<T>(Exception exception)
    {
        Task<T> task = Task.FromException<T>(exception);
        Observe(task);
        return new ValueTask<T>(task);
    }

    /// <summary>The same for an error that is kept, and told again and again.</summary>
    public static ValueTask<T> Create<T>(ExceptionDispatchInfo error) => Create<T>(Restore(error));

    /// <summary>Gives an exception the stack trace back that it had when it was captured. A task that is then made of it begins with that one.</summary>
    public static Exception Restore(ExceptionDispatchInfo error)
    {
        try
        {
            error.Throw();
        }
        catch (Exception)
        {
            // There is no other way to have the stack trace restored.
        }

        return error.SourceException;
    }

    /// <summary>Observes a task that has not ended yet.</summary>
    public static void ObserveLater(Task task)
    {
        if (task.IsCompleted) Observe(task);
        else _ = task.ContinueWith(Observe, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Reading the exception marks it as seen.</summary>
    public static void Observe(Task task) => _ = task.Exception;
}
