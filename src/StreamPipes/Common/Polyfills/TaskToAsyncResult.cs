namespace StreamPipes.Common.Polyfills;

/// <summary>Tasks as the results of Begin and End.</summary>
internal static class TaskToAsyncResult
{
    public static IAsyncResult Begin(Task task, AsyncCallback? callback, object? state)
    {
        Result result = new(task, state);
        if (callback is not null) _ = task.ContinueWith(_ => callback(result), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return result;
    }

    public static void End(IAsyncResult asyncResult) => Unwrap(asyncResult).GetAwaiter().GetResult();

    public static T End<T>(IAsyncResult asyncResult) => ((Task<T>)Unwrap(asyncResult)).GetAwaiter().GetResult();

    private static Task Unwrap(IAsyncResult asyncResult) => asyncResult switch
    {
        null => throw new ArgumentNullException(nameof(asyncResult)),
        Result result => result.Task,
        _ => throw new ArgumentException("This is not what Begin returned.", nameof(asyncResult)),
    };

    private sealed class Result : IAsyncResult
    {
        public Result(Task task, object? state)
        {
            Task = task;
            AsyncState = state;
            CompletedSynchronously = task.IsCompleted;
        }

        public Task Task { get; }

        public object? AsyncState { get; }

        public bool CompletedSynchronously { get; }

        public bool IsCompleted => Task.IsCompleted;

        public WaitHandle AsyncWaitHandle => ((IAsyncResult)Task).AsyncWaitHandle;
    }
}
