namespace StreamPipes.Smoke;

/// <summary>Ends the program, with another exit code than 0, when something is not as it should be.</summary>
internal static class Expect
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static void That(bool isSo, string what)
    {
        if (!isSo) throw new InvalidOperationException($"Not so: {what}");
    }

    public static async Task<TException> ThrowsAsync<TException>(Func<Task> action)
        where TException : Exception
    {
        try
        {
            await action();
        }
        catch (TException exception)
        {
            return exception;
        }

        throw new InvalidOperationException($"No {typeof(TException).Name} was thrown.");
    }

    public static async Task InTimeAsync(Task task, string what)
    {
        using CancellationTokenSource over = new();
        if (await Task.WhenAny(task, Task.Delay(Limit, over.Token)) != task) throw new InvalidOperationException($"It hangs: {what}");
        over.Cancel();
        await task;
    }
}
