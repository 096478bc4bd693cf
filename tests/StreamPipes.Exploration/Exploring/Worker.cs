namespace StreamPipes.Exploration.Exploring;

/// <summary>
/// A thread of the process that runs simulated threads, one after the other. Of all workers, only the one with the baton runs. A simulated thread that
/// begins when another ends begins on the same worker: what is not interrupted needs no switch.
/// </summary>
internal sealed class Worker
{
    private static readonly Stack<Worker> Idle = new();

    private readonly SemaphoreSlim _baton = new(0);
    private readonly bool _isExplorers;
    private SimulatedThread? _assigned;

    private Worker(bool isExplorers) => _isExplorers = isExplorers;

    /// <summary>The thread that explores runs the first simulated thread itself.</summary>
    public static Worker Explorers { get; } = new(isExplorers: true);

    public static Worker Take(SimulatedThread thread)
    {
        Worker? worker;
        lock (Idle)
        {
            if (!Idle.TryPop(out worker)) worker = null;
        }

        if (worker is null)
        {
            worker = new Worker(isExplorers: false);
            new Thread(worker.Loop, maxStackSize: 1024 * 1024) { IsBackground = true, Name = "worker" }.Start();
        }

        worker._assigned = thread;
        return worker;
    }

    public void Resume() => _baton.Release();

    public void AwaitBaton() => _baton.Wait();

    /// <summary>Runs a simulated thread, and others that begin when it has ended, until the baton goes to one that another worker has begun.</summary>
    public void Run(SimulatedThread first)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(PoolContext.Shared);
        for (SimulatedThread thread = first; ;)
        {
            thread.RunOn(this);
            SimulatedThread? next = thread.Execution.NextAfter();
            if (next is { IsStarted: false })
            {
                thread = next;
                continue;
            }

            // From here on this worker may be taken again.
            if (!_isExplorers) Free();
            thread.Execution.PassOn(next, _isExplorers);
            break;
        }

        if (_isExplorers) SynchronizationContext.SetSynchronizationContext(before);
    }

    private void Free()
    {
        lock (Idle) Idle.Push(this);
    }

    private void Loop()
    {
        while (true)
        {
            _baton.Wait();
            Run(_assigned!);
        }
    }
}
