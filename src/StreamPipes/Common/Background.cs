namespace StreamPipes.Common;

/// <summary>
/// Where work goes that must not run on the thread that causes it: to the thread pool. On the thread of a deterministic run, which the package
/// StreamPipes.Testing makes, it goes to that run, so that its order is drawn from the run's seed.
/// </summary>
internal static class Background
{
    [ThreadStatic]
    private static IRun? _run;

    /// <summary>A deterministic run: everything in it happens on one thread.</summary>
    internal interface IRun
    {
        /// <summary>On the thread of the run: executes the callback later, on the same thread, without a synchronization context.</summary>
        void Schedule(Action<object?> callback, object? state);
    }

    /// <summary>The run that the current thread belongs to; <see langword="null"/> everywhere but in a test.</summary>
    public static IRun? Run
    {
        get => _run;
        set => _run = value;
    }

    /// <summary>A task whose continuations do not run on the thread that completes it. Complete it by <see cref="TrySetResult"/> where a caller may await it in a context.</summary>
    public static TaskCompletionSource<T> NewSource<T>() => new(_run is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);

    /// <summary>Completes a task of <see cref="NewSource"/>. In a run it completes later, with nothing of the caller's below its continuations.</summary>
    public static void TrySetResult(TaskCompletionSource<bool> source)
    {
        if (_run is { } run) run.Schedule(static source => ((TaskCompletionSource<bool>)source!).TrySetResult(true), source);
        else source.TrySetResult(true);
    }

    /// <inheritdoc cref="TrySetResult"/>
    public static void TrySetException(TaskCompletionSource<bool> source, Exception error)
    {
        if (_run is { } run) run.Schedule(_ => source.TrySetException(error), state: null);
        else source.TrySetException(error);
    }

    public static void Queue(IThreadPoolWorkItem item, bool preferLocal)
    {
        if (_run is { } run) run.Schedule(static item => ((IThreadPoolWorkItem)item!).Execute(), item);
        else ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal);
    }

    /// <summary>Starts what may block its thread. In a run nothing may, so it starts here.</summary>
    public static Task Start(Func<Task> work) => _run is null ? Task.Run(work) : work();
}
