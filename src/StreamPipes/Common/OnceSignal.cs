namespace StreamPipes.Common;

/// <summary>Reports once that something has ended. It costs a task only if a caller waits for it.</summary>
internal struct OnceSignal
{
    private static readonly TaskCompletionSource<bool> Over = NewOver();
    private TaskCompletionSource<bool>? _source;

    /// <summary>Any thread. What was written before <see cref="Set"/> can be read after this was true: an acquire, against the exchange there.</summary>
    public bool IsSet => ReferenceEquals(Volatile.Read(ref _source), Over);

    public Task Task
    {
        get
        {
            TaskCompletionSource<bool>? source = Volatile.Read(ref _source);
            if (source is not null) return source.Task;
            source = Background.NewSource<bool>();
            return (Interlocked.CompareExchange(ref _source, source, null) ?? source).Task;
        }
    }

    public void Set()
    {
        if (Interlocked.Exchange(ref _source, Over) is { } source) Background.TrySetResult(source);
    }

    private static TaskCompletionSource<bool> NewOver()
    {
        TaskCompletionSource<bool> over = new();
        over.SetResult(true);
        return over;
    }
}
