namespace StreamPipes.Exploration.MemoryModel;

/// <summary>What an access to memory says to others.</summary>
internal enum AccessKind
{
    /// <summary>Nothing: a read may get an old value, a write shows no other one.</summary>
    Plain,

    /// <summary>A read takes over what the writer had seen, a write shows what came before it.</summary>
    AcquireRelease,
}
