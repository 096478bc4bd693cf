namespace StreamPipes.Common;

/// <summary>
/// Runs code in the empty execution context, so that a pump, which lives as long as its connection, does not keep the
/// <see cref="AsyncLocal{T}"/> values of the code that made or used it.
/// </summary>
internal static class EmptyExecutionContext
{
    private static readonly ExecutionContext Empty = Capture();

    public static void Run(ContextCallback callback, object state) => ExecutionContext.Run(Empty.CreateCopy(), callback, state);

    private static ExecutionContext Capture()
    {
        // Only a thread started without a flow has the empty context for sure.
        ExecutionContext? captured = null;
        Thread thread = new(() => captured = ExecutionContext.Capture()) { IsBackground = true };
        if (ExecutionContext.IsFlowSuppressed())
        {
            thread.Start();
        }
        else
        {
            using AsyncFlowControl suppressed = ExecutionContext.SuppressFlow();
            thread.Start();
        }

        thread.Join();
        return captured ?? throw new InvalidOperationException("A new thread has no execution context.");
    }
}
