namespace StreamPipes.Tests.Testing;

/// <summary>
/// A door in the path of some code. <see cref="Called"/> ends when the code has come to it, <see cref="Release"/> lets it (and all who
/// follow) through, <see cref="Hold"/> shuts it again. A new gate is shut.
/// </summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Gate Open()
    {
        Gate gate = new();
        gate.Release();
        return gate;
    }

    /// <summary>Ends when somebody has come to the gate for the first time, whether or not it let them through.</summary>
    public Task Called => _called.Task;

    public void Release() => _opened.TrySetResult();

    public void Hold()
    {
        if (_opened.Task.IsCompleted) _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public Task WaitAsync(CancellationToken cancellationToken = default)
    {
        _called.TrySetResult();
        return _opened.Task.WaitAsync(cancellationToken);
    }
}
