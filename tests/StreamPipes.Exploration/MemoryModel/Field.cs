namespace StreamPipes.Exploration.MemoryModel;

/// <summary>A field of a class under test, whose accesses go through the simulated memory.</summary>
public sealed class Field
{
    public Field(string name, int slot, int id)
    {
        Name = name;
        Slot = slot;
        Id = id;
    }

    public string Name { get; }

    /// <summary>Its place among the fields of an object, or among all static ones.</summary>
    public int Slot { get; }

    public int Id { get; }

    /// <summary>
    /// Whether plain accesses to it have been seen to race. Only then do they need a place in the schedule: as long as every two of them are ordered
    /// by something else, that is scheduled instead.
    /// </summary>
    public bool IsRacy { get; set; }
}
