namespace StreamPipes.Exploration.Building;

/// <summary>What was to be explored does not compile.</summary>
internal sealed class CompilationException : Exception
{
    public CompilationException(string message)
        : base(message)
    {
    }
}
