using StreamPipes.Common;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// A thread pool that has not got to anything yet: what the thread that made this gives to the pool waits until <see cref="RunAll"/>, so that nothing but that thread
/// does anything. It is used without an await, and disposed on its thread.
/// </summary>
internal sealed class HeldPool : Background.IRun, IDisposable
{
    private readonly Queue<(Action<object?> Callback, object? State)> _work = new();

    public HeldPool() => Background.Run = this;

    public int Count => _work.Count;

    public void Schedule(Action<object?> callback, object? state) => _work.Enqueue((callback, state));

    /// <summary>Runs what has come, and what follows from it, on this thread.</summary>
    public void RunAll()
    {
        while (_work.TryDequeue(out (Action<object?> Callback, object? State) work)) work.Callback(work.State);
    }

    public void Dispose()
    {
        Background.Run = null;
        RunAll();
    }
}
