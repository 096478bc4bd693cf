namespace StreamPipes.Exploration.Exploring;

/// <summary>Unwinds the threads of an execution that is cut short. It passes through the code under test.</summary>
internal sealed class ExecutionOverException : Exception
{
    public ExecutionOverException()
        : base("The execution is over.")
    {
    }
}
