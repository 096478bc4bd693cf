using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>Connection middleware that counts.</summary>
internal sealed class OpenConnections
{
    private readonly Lock _sync = new();
    private TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public ConnectionDelegate Count(ConnectionDelegate next) => async context =>
    {
        Add(1);
        try
        {
            await next(context);
        }
        finally
        {
            Add(-1);
        }
    };

    public Task WhenEmptyAsync()
    {
        lock (_sync) return _count == 0 ? Task.CompletedTask : _empty.Task;
    }

    private void Add(int count)
    {
        lock (_sync)
        {
            _count += count;
            if (_count > 0) return;
            _empty.TrySetResult();
            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
