namespace StreamPipes.Tests.Threads;

/// <summary>Keeps every thread of the pool, and more than it will add meanwhile, blocked until it is disposed.</summary>
internal sealed class StarvedPool : IDisposable
{
    private const int Blockers = 500;
    private readonly ManualResetEventSlim _end = new();
    private readonly CountdownEvent _left = new(Blockers);
    private int _later;

    public StarvedPool()
    {
        // First come, first served: the pool adds a thread or two in a second, and has these in front of whatever comes next.
        for (int i = 0; i < Blockers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    _end.Wait();
                    _left.Signal();
                },
                state: null);
        }

        ThreadPool.UnsafeQueueUserWorkItem(_ => Interlocked.Exchange(ref _later, 1), state: null);
    }

    /// <summary>Whether the pool still has not got to what was queued behind the blockers.</summary>
    public bool IsStarved => Volatile.Read(ref _later) == 0;

    public void Dispose()
    {
        _end.Set();
        _left.Wait(HangGuard.Limit).Should().BeTrue();
        _left.Dispose();
        _end.Dispose();
    }
}
