using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// A <see cref="PipeScheduler"/> that runs nothing until told to: <see cref="RunAll"/> runs what has come, on the calling thread.
/// <see cref="Scheduled"/> ends when there is something to run.
/// </summary>
internal sealed class ManualPipeScheduler : PipeScheduler
{
    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _items = new();
    private readonly TaskCompletionSource _scheduled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => _items.Count;

    /// <summary>Ends when something has been scheduled for the first time.</summary>
    public Task Scheduled => _scheduled.Task;

    public override void Schedule(Action<object?> action, object? state)
    {
        _items.Enqueue((action, state));
        _scheduled.TrySetResult();
    }

    public bool RunOne()
    {
        if (!_items.TryDequeue(out (Action<object?> Action, object? State) item)) return false;
        item.Action(item.State);
        return true;
    }

    /// <summary>Runs until nothing is left, and says how many ran.</summary>
    public int RunAll()
    {
        int count = 0;
        while (RunOne()) count++;
        return count;
    }
}
