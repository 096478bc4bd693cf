using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Exploring;

/// <summary>A monitor: who enters sees what was done by who left before.</summary>
internal sealed class SimulatedLock
{
    private readonly View _left = new();
    private readonly Queue<SimulatedThread> _waiting = new();
    private SimulatedThread? _owner;
    private ulong _hash = 11;
    private int _depth;

    public void Enter(SimulatedThread thread)
    {
        if (_owner == thread)
        {
            _depth++;
            return;
        }

        thread.Execution.Point(thread, location: null, "enters a lock");
        Take(thread, depth: 1);
    }

    public bool TryEnter(SimulatedThread thread)
    {
        if (_owner == thread)
        {
            _depth++;
            return true;
        }

        thread.Execution.Point(thread, location: null, "tries a lock");
        if (_owner is not null) return false;
        Take(thread, depth: 1);
        return true;
    }

    public void Exit(SimulatedThread thread)
    {
        if (_owner != thread) throw new SynchronizationLockException();
        if (--_depth > 0) return;
        Leave(thread);
    }

    public bool IsOwnedBy(SimulatedThread thread) => _owner == thread;

    public void Wait(SimulatedThread thread)
    {
        if (_owner != thread) throw new SynchronizationLockException();
        int depth = _depth;
        thread.IsPulsed = false;
        _waiting.Enqueue(thread);
        Leave(thread);
        thread.Execution.Block(thread, () => thread.IsPulsed && _owner is null, "a pulse");
        Take(thread, depth);
    }

    public void Pulse(SimulatedThread thread, bool all)
    {
        if (_owner != thread) throw new SynchronizationLockException();
        while (_waiting.TryDequeue(out SimulatedThread? waiting))
        {
            waiting.IsPulsed = true;
            if (!all) return;
        }
    }

    private void Take(SimulatedThread thread, int depth)
    {
        thread.Execution.Block(thread, () => _owner is null, "a lock");
        _owner = thread;
        _depth = depth;
        thread.View.Join(_left);
        _hash = Hash.Mix(_hash, thread.LastHash, 51);
        thread.Execution.Add(thread, _hash);
        thread.Execution.Say(thread, "has a lock");
    }

    private void Leave(SimulatedThread thread)
    {
        _left.Join(thread.ViewToRelease());
        _owner = null;
        _hash = Hash.Mix(_hash, thread.LastHash, 53);
    }
}
