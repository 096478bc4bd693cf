using System.Collections.Concurrent;

namespace StreamPipes;

/// <summary>
/// The framework's pool by its name, for the library's sources compiled in here: a task for each work item, since Coyote schedules tasks and not
/// work items. Each test begins with a pool of its own and drains it: Coyote takes what one schedule leaves to the next for an error.
/// </summary>
internal static class ThreadPool
{
    private static ConcurrentQueue<Task> _queued = new();

    /// <summary>Forgets what schedules before this one have queued.</summary>
    public static void Restart() => _queued = new ConcurrentQueue<Task>();

    /// <summary>Waits for all that was queued, and what that has queued.</summary>
    public static async Task DrainAsync()
    {
        while (_queued.TryDequeue(out Task? task)) await task;
    }

    public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem item, bool preferLocal)
    {
        _ = preferLocal;
        _queued.Enqueue(Task.Run(item.Execute));
        return true;
    }
}
