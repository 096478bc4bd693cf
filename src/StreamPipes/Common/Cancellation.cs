namespace StreamPipes.Common;

/// <summary>Cancels what a stream may be in the middle of.</summary>
internal static class Cancellation
{
    public static void Fire(CancellationTokenSource cancellation)
    {
        try
        {
            cancellation.Cancel();
        }
        catch (Exception e) when (e is AggregateException or ObjectDisposedException)
        {
            // What a stream's own callback throws must not reach the caller that completes an end; and a pump that has ended needs no cancelling.
        }
    }

    /// <summary>Waits for a task, whether or not it heeds the token. One that is left behind is observed.</summary>
    public static async Task<T> OrAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        ObservedTask.ObserveLater(task);
        TaskCompletionSource<bool> fired = Background.NewSource<bool>();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static fired => Background.TrySetResult((TaskCompletionSource<bool>)fired!), fired);
        if (await Task.WhenAny(task, fired.Task).ConfigureAwait(false) != task) throw new OperationCanceledException(cancellationToken);
        return await task.ConfigureAwait(false);
    }
}
