using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Exploring;

/// <summary>Numbers in plain, simulated memory, as the bytes in a buffer are: who has not been shown them properly may read old ones.</summary>
public sealed class Payload
{
    private static readonly Field Field = new("payload", slot: 0, id: 1);

    private readonly Location<int>[] _cells;

    public Payload(int length)
    {
        ulong identity = SimulatedThread.Current?.NextObject() ?? 0;
        _cells = new Location<int>[length];
        for (int i = 0; i < length; i++) _cells[i] = new Location<int>(Field, Hash.Mix(identity, (ulong)i, 73), owner: null);
    }

    internal static void Forget() => Field.IsRacy = false;

    public int this[int index]
    {
        get => _cells[index].Read(AccessKind.Plain);
        set => _cells[index].Write(value, AccessKind.Plain);
    }
}
