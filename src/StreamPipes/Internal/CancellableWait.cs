namespace StreamPipes.Internal;

/// <summary>Waits for a task until a token fires. The task goes on.</summary>
internal static class CancellableWait
{
#if NET
    public static Task ForAsync(Task task, CancellationToken cancellationToken) => task.WaitAsync(cancellationToken);
#else
    public static async Task ForAsync(Task task, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(static source => ((TaskCompletionSource<bool>)source).TrySetResult(true), canceled);
        if (await Task.WhenAny(task, canceled.Task).ConfigureAwait(false) != task) cancellationToken.ThrowIfCancellationRequested();
        await task.ConfigureAwait(false);
    }
#endif
}
