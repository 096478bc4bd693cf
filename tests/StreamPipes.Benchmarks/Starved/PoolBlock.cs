namespace StreamPipes.Benchmarks.Starved;

/// <summary>Keeps every thread of the pool busy, and those it will add, until disposed.</summary>
internal sealed class PoolBlock : IDisposable
{
    private const int Items = 2_000;

    private readonly ManualResetEventSlim _release = new();
    private readonly CountdownEvent _blocked;

    public PoolBlock()
    {
        ThreadPool.GetMinThreads(out int workers, out _);
        _blocked = new CountdownEvent(workers);
        for (int i = 0; i < Items; i++) ThreadPool.UnsafeQueueUserWorkItem(Block, state: null);
        _blocked.Wait();
    }

    public void Dispose() => _release.Set();

    private void Block(object? state)
    {
        if (!_blocked.IsSet) _blocked.Signal();
        _release.Wait();
    }
}
