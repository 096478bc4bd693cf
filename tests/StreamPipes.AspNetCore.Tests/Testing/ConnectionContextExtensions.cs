using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Tests.Testing;

internal static class ConnectionContextExtensions
{
    /// <summary>Ends when the connection tells that it is closed.</summary>
    public static Task Closed(this ConnectionContext context)
    {
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        context.ConnectionClosed.Register(() => closed.TrySetResult());
        return closed.Task;
    }
}
