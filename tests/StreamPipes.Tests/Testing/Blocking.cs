namespace StreamPipes.Tests.Testing;

/// <summary>Blocks the calling thread on a task: what the synchronous members of a test double do, on purpose and in one place.</summary>
internal static class Blocking
{
    public static void Wait(Task task)
    {
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        if (task.IsCompleted) task.GetAwaiter().GetResult();
    }

    public static T Wait<T>(Task<T> task)
    {
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        if (task.IsCompleted) return task.GetAwaiter().GetResult();
        throw new InvalidOperationException("Signalled, but not completed.");
    }
}
