namespace StreamPipes.Common.Polyfills;

/// <summary>What threads, the thread pool, tasks and tokens can do on newer frameworks.</summary>
internal static class ThreadingExtensions
{
    private static readonly WaitCallback ExecuteCallback = static item => ((IThreadPoolWorkItem)item).Execute();

    extension(ThreadPool)
    {
        /// <summary>The pool of .NET Standard has one queue to choose.</summary>
        public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem callBack, bool preferLocal)
        {
            _ = preferLocal;
            return ThreadPool.UnsafeQueueUserWorkItem(ExecuteCallback, callBack);
        }
    }

    extension(Thread)
    {
        /// <summary>The thread's own number, which spreads threads as well as the processor's would.</summary>
        public static int GetCurrentProcessorId() => Environment.CurrentManagedThreadId;
    }

    public static CancellationTokenRegistration UnsafeRegister(this CancellationToken token, Action<object?> callback, object? state) => token.Register(callback, state);

    /// <summary>Its only option is <see cref="ConfigureAwaitOptions.SuppressThrowing"/>: the task has ended then, whatever its outcome.</summary>
    public static System.Runtime.CompilerServices.ConfiguredTaskAwaitable<Task> ConfigureAwait(this Task task, ConfigureAwaitOptions options)
    {
        _ = options;
        return Task.WhenAny(task).ConfigureAwait(false);
    }
}
