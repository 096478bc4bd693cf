namespace StreamPipes.Exploration.MemoryModel;

/// <summary>A place in the code that accesses a field.</summary>
public sealed record Site(Field Field, string Place);
