namespace StreamPipes.Exploration.Exploring;

/// <summary>A scenario's own class whose fields are simulated as those of the library are.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SimulatedAttribute : Attribute;
