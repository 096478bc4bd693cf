namespace StreamPipes.Soak;

/// <summary>What all connections of a run share, and what has to be at rest when they are gone.</summary>
internal sealed class Meters : IDisposable
{
    private readonly Lock _sync = new();
    private readonly List<WeakReference<PipeConnection>> _connections = [];
    private int _unobserved;
    private string? _firstUnobserved;

    public Meters() => TaskScheduler.UnobservedTaskException += OnUnobserved;

    public TrackedTimers Timers { get; } = new();

    public TrackedPool Pool { get; } = new(blockSize: 4096);

    public int Unobserved => Volatile.Read(ref _unobserved);

    public string? FirstUnobserved => Volatile.Read(ref _firstUnobserved);

    public void Follow(PipeConnection connection)
    {
        lock (_sync) _connections.Add(new WeakReference<PipeConnection>(connection));
    }

    /// <summary>How many of the connections made so far the garbage collector could not take.</summary>
    public int CountAlive()
    {
        lock (_sync)
        {
            _connections.RemoveAll(static connection => !connection.TryGetTarget(out _));
            _connections.TrimExcess();
            return _connections.Count;
        }
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= OnUnobserved;

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        Interlocked.Increment(ref _unobserved);
        Interlocked.CompareExchange(ref _firstUnobserved, e.Exception.ToString(), comparand: null);
    }
}
