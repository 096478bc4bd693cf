namespace StreamPipes.Exploration.Exploring;

/// <summary>A thread of the process that runs simulated threads, one after the other. Of all workers, only the one with the baton runs.</summary>
internal sealed class Worker
{
    private static readonly Stack<Worker> Idle = new();

    private readonly SemaphoreSlim _baton = new(0);
    private SimulatedThread? _assigned;

    public static Worker Take(SimulatedThread thread)
    {
        Worker? worker;
        lock (Idle)
        {
            if (!Idle.TryPop(out worker)) worker = null;
        }

        if (worker is null)
        {
            worker = new Worker();
            new Thread(worker.Loop, maxStackSize: 1024 * 1024) { IsBackground = true, Name = "worker" }.Start();
        }

        worker._assigned = thread;
        return worker;
    }

    public void Resume() => _baton.Release();

    public void AwaitBaton() => _baton.Wait();

    private void Loop()
    {
        SynchronizationContext.SetSynchronizationContext(new PoolContext());
        while (true)
        {
            _baton.Wait();
            SimulatedThread thread = _assigned!;
            thread.Run();
            lock (Idle) Idle.Push(this);
            thread.Execution.OnOver(thread);
        }
    }
}
