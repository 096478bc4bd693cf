namespace StreamPipes.Fuzzing.Running;

/// <summary>One input in one target, under the watchdog.</summary>
internal static class InputRun
{
    /// <returns>What was found; null if all held.</returns>
    public static Exception? Try(FuzzTarget target, byte[] input, Watchdog watchdog)
    {
        if (input.Length > FuzzTarget.MaxLength) return null;
        watchdog.Begin(input);
        try
        {
            target.Run(input);
            return FailedAssertions.Take();
        }
        catch (Exception exception)
        {
            // Whatever it is, it is the finding.
            return exception;
        }
        finally
        {
            watchdog.End();
        }
    }
}
