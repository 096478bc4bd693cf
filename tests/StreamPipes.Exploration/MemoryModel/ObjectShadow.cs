namespace StreamPipes.Exploration.MemoryModel;

/// <summary>The simulated fields of one object. Each object of a rewritten class holds its own.</summary>
public sealed class ObjectShadow
{
    private Location?[] _locations = new Location?[8];

    internal ObjectShadow(ulong identity) => Identity = identity;

    /// <summary>Tells this object from others, and is the same in executions that differ only in what does not matter.</summary>
    internal ulong Identity { get; }

    internal Location<T> At<T>(Field field)
    {
        int slot = field.Slot;
        if (slot >= _locations.Length) Array.Resize(ref _locations, Math.Max(slot + 1, _locations.Length * 2));
        return (Location<T>)(_locations[slot] ??= new Location<T>(field, Hash.Mix(Identity, (ulong)field.Id), this));
    }

    /// <summary>What is known of the object by those who have got a reference to it by a plain read: what its fields held when it was published.</summary>
    internal View?[] KnownBy { get; } = new View?[16];

    internal int KnownIn { get; set; }
}
