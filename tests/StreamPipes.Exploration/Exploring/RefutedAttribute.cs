namespace StreamPipes.Exploration.Exploring;

/// <summary>The scenario has to be refuted: it shows that the simulation lets happen what the memory model allows.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RefutedAttribute : Attribute;
