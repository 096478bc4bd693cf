using System.Threading.Tasks.Sources;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// A read or a write that ends when the test says so, on the test's thread: when <see cref="Complete"/> returns, whoever awaited it has gone on as far
/// as it goes.
/// </summary>
internal sealed class HandedOperation : IValueTaskSource<int>, IValueTaskSource
{
    private readonly Action<HandedOperation> _onAwaited;
    private readonly CancellationTokenRegistration _registration;
    private ManualResetValueTaskSourceCore<int> _core;
    private int _isOver;

    public HandedOperation(int length, Action<HandedOperation> onAwaited, CancellationToken cancellationToken)
    {
        Length = length;
        Thread = Environment.CurrentManagedThreadId;
        _onAwaited = onAwaited;
        _registration = cancellationToken.Register(() => End(new OperationCanceledException(cancellationToken)));
    }

    /// <summary>The size of the buffer, or of what is written.</summary>
    public int Length { get; }

    /// <summary>Who called.</summary>
    public int Thread { get; }

    public ValueTask<int> AsRead() => new(this, _core.Version);

    public ValueTask AsWrite() => new(this, _core.Version);

    public void Complete(int read = 0)
    {
        _registration.Dispose();
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _core.SetResult(read);
    }

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    private void Await(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _core.OnCompleted(continuation, state, token, flags);
        _onAwaited(this);
    }

    private void End(Exception exception)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _core.SetException(exception);
    }
}
