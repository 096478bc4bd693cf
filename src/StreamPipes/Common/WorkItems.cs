namespace StreamPipes.Common;

/// <summary>Objects that are themselves work items of the thread pool, so that queueing one allocates nothing.</summary>
internal static class WorkItems
{
#if NET
    public static void Queue(IThreadPoolWorkItem item, bool preferLocal) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal);
#else
    private static readonly WaitCallback ExecuteCallback = static item => ((IThreadPoolWorkItem)item).Execute();

    public static void Queue(IThreadPoolWorkItem item, bool preferLocal)
    {
        _ = preferLocal;
        ThreadPool.UnsafeQueueUserWorkItem(ExecuteCallback, item);
    }
#endif
}
