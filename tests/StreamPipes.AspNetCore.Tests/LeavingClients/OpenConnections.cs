using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>Connection middleware that counts.</summary>
internal sealed class OpenConnections
{
    private readonly Lock _sync = new();
    private readonly ConcurrentDictionary<string, IDuplexPipe> _open = new(StringComparer.Ordinal);
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
            _open.TryRemove(context.ConnectionId, out _);
            Add(-1);
        }
    };

    /// <summary>Connection middleware, above the layers: what the application reads and writes.</summary>
    public ConnectionDelegate Note(ConnectionDelegate next) => async context =>
    {
        _open[context.ConnectionId] = context.Transport;
        try
        {
            await next(context);
        }
        finally
        {
            _open[context.ConnectionId] = new Left(context.Transport);
        }
    };

    /// <summary>What is open, for a test that waits for its end in vain.</summary>
    public override string ToString() => string.Join("; ", _open.Select(connection => $"{connection.Key}: {connection.Value}, {connection.Value.Input}, {connection.Value.Output}"));

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

    /// <summary>The application has left; the layers below it have not.</summary>
    private sealed class Left(IDuplexPipe transport) : IDuplexPipe
    {
        public PipeReader Input => transport.Input;

        public PipeWriter Output => transport.Output;

        public override string ToString() => $"left by the application: {transport}";
    }
}
