using System.Diagnostics.CodeAnalysis;

namespace StreamPipes;

/// <summary>
/// The framework's pool by its name, for the library's sources compiled in here: a task for each work item, since Coyote schedules tasks and not
/// work items.
/// </summary>
internal static class ThreadPool
{
    private static readonly List<Task> Queued = [];

    /// <summary>Waits for all that was queued, and what that has queued.</summary>
    public static async Task DrainAsync()
    {
        while (TryTake(out Task? task)) await task;
    }

    public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem item, bool preferLocal)
    {
        _ = preferLocal;
        Task task = Task.Run(item.Execute);
        lock (Queued) Queued.Add(task);
        return true;
    }

    private static bool TryTake([NotNullWhen(true)] out Task? task)
    {
        lock (Queued)
        {
            task = Queued.Count == 0 ? null : Queued[0];
            if (task is not null) Queued.RemoveAt(0);
            return task is not null;
        }
    }
}
