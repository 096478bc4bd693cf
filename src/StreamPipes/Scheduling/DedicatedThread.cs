using System.IO.Pipelines;

namespace StreamPipes.Scheduling;

/// <summary>A thread of a pump's own, which may block. It runs what is scheduled, one after the other, until it is stopped.</summary>
internal sealed class DedicatedThread : PipeScheduler
{
    private readonly object _sync = new();
    private readonly Queue<(Action<object?> Action, object? State)> _queue = new(capacity: 4);
    private readonly Thread _thread;
    private bool _isStarted;
    private bool _isStopped;

    public DedicatedThread(string name) => _thread = new Thread(Run) { Name = name, IsBackground = true };

    public override void Schedule(Action<object?> action, object? state)
    {
        bool start;
        lock (_sync)
        {
            // What comes after the stop has nothing to do with the pump any more, and must not get lost.
            if (_isStopped)
            {
                ThreadPool.Schedule(action, state);
                return;
            }

            _queue.Enqueue((action, state));
            start = !_isStarted;
            _isStarted = true;
            Monitor.Pulse(_sync);
        }

        if (start) Start();
    }

    /// <summary>Ends the thread once it has run what is scheduled.</summary>
    public void Stop()
    {
        lock (_sync)
        {
            _isStopped = true;
            Monitor.Pulse(_sync);
        }
    }

    private void Start()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _thread.Start();
            return;
        }

        using AsyncFlowControl suppressed = ExecutionContext.SuppressFlow();
        _thread.Start();
    }

    private void Run()
    {
        while (TryTake(out (Action<object?> Action, object? State) item)) item.Action(item.State);
    }

    private bool TryTake(out (Action<object?> Action, object? State) item)
    {
        lock (_sync)
        {
            while (_queue.Count == 0 && !_isStopped) Monitor.Wait(_sync);
            item = _queue.Count > 0 ? _queue.Dequeue() : default;
            return item.Action is not null;
        }
    }
}
