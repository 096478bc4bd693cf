namespace StreamPipes.Soak;

/// <summary>The error that a task ends with.</summary>
internal static class Fault
{
    public static async Task<Exception?> OfAsync(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (Exception e) when (e is not SoakException)
        {
            // The caller judges it: whether there had to be one is a matter of the ending.
            return e;
        }
    }
}
