using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.MemoryModel;

/// <summary>One place in the simulated memory: what is the same for all types of values.</summary>
public abstract class Location
{
    private int[] _lastReads = new int[8];
    private int _execution;

    private protected Location(Field field, ulong identity, ObjectShadow? owner)
    {
        Field = field;
        Identity = identity;
        Owner = owner;
    }

    internal Field Field { get; }

    internal ulong Identity { get; }

    internal ObjectShadow? Owner { get; }

    /// <summary>Its number in the views of this execution.</summary>
    internal int Index { get; private set; }

    internal string? Place { get; set; }

    private protected abstract int Newest { get; }

    private protected abstract ulong NewestHash { get; }

    /// <summary>Forgets what another execution has left here.</summary>
    private protected void Enter(Execution execution)
    {
        if (_execution == execution.Number) return;
        _execution = execution.Number;
        Index = execution.NextLocation();
        Array.Clear(_lastReads);
        Restart();
    }

    private protected abstract void Restart();

    private protected void NoteRead(SimulatedThread thread)
    {
        if (thread.Id >= _lastReads.Length) Array.Resize(ref _lastReads, Math.Max(thread.Id + 1, _lastReads.Length * 2));
        _lastReads[thread.Id] = thread.View.Tick(thread.Id);
    }

    private protected int OldestReadable(SimulatedThread thread)
    {
        int oldest = thread.View.MessageOf(Index);
        if (Owner is { } owner && thread.KnowledgeOf(owner) is { } known) oldest = Math.Max(oldest, known.MessageOf(Index));
        return oldest;
    }

    /// <summary>Whether some other thread's write is not bound to be seen here.</summary>
    private protected bool RacesWithWrites(SimulatedThread thread) => Newest > OldestReadable(thread);

    private protected bool RacesWithReads(SimulatedThread thread)
    {
        for (int other = 0; other < _lastReads.Length; other++)
        {
            if (other != thread.Id && _lastReads[other] > thread.View.ClockOf(other)) return true;
        }

        return false;
    }
}
