namespace StreamPipes.Common;

/// <summary>Tells once that something has ended. It costs a task only if somebody waits for it.</summary>
internal struct OnceSignal
{
    private static readonly TaskCompletionSource<bool> Over = NewOver();
    private TaskCompletionSource<bool>? _source;

    public readonly bool IsSet => ReferenceEquals(_source, Over);

    public Task Task
    {
        get
        {
            TaskCompletionSource<bool>? source = Volatile.Read(ref _source);
            if (source is not null) return source.Task;
            source = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _source, source, null) ?? source).Task;
        }
    }

    public void Set() => Interlocked.Exchange(ref _source, Over)?.TrySetResult(true);

    private static TaskCompletionSource<bool> NewOver()
    {
        TaskCompletionSource<bool> over = new();
        over.SetResult(true);
        return over;
    }
}
