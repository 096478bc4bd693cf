namespace StreamPipes.Fuzzing;

/// <summary>Something that must hold did not.</summary>
internal sealed class FoundException(string message) : Exception(message)
{
    public static void Unless(bool holds, string message)
    {
        if (!holds) throw new FoundException(message);
    }
}
