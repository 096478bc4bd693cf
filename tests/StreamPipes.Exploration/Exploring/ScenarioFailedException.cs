namespace StreamPipes.Exploration.Exploring;

/// <summary>A scenario has seen what must not be.</summary>
public sealed class ScenarioFailedException : Exception
{
    public ScenarioFailedException(string message)
        : base(message)
    {
    }
}
