namespace StreamPipes.Tests.Testing;

/// <summary>Blocks the calling thread on a task: what the synchronous members of a test double do, on purpose and in one place.</summary>
internal static class Blocking
{
    public static void Wait(Task task)
    {
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        if (task.IsCompleted) task.GetAwaiter().GetResult();
    }

    /// <summary>The same, for a test that hangs if the task does not end.</summary>
    public static void WaitGuarded(Task task)
    {
        if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(HangGuard.Limit)) throw new TimeoutException("The task that a thread was blocked for has not ended.");
        Wait(task);
    }

    public static T WaitGuarded<T>(Task<T> task)
    {
        WaitGuarded((Task)task);
        return Wait(task);
    }

    public static T Wait<T>(Task<T> task)
    {
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        if (task.IsCompleted) return task.GetAwaiter().GetResult();
        throw new InvalidOperationException("Signalled, but not completed.");
    }
}
