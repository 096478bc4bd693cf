using System.Collections.Concurrent;

namespace StreamPipes.Fuzzing.Running;

/// <summary>Exceptions of tasks that nobody has looked at. They show when the task is collected.</summary>
internal static class UnobservedErrors
{
    private static readonly ConcurrentQueue<Exception> Seen = new();

    static UnobservedErrors() => TaskScheduler.UnobservedTaskException += (_, e) => Seen.Enqueue(e.Exception);

    /// <returns>The first since the last call; null if there was none.</returns>
    public static FoundException? Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (!Seen.TryDequeue(out Exception? first)) return null;
        Seen.Clear();
        return new FoundException($"An exception was not observed: {first}");
    }
}
