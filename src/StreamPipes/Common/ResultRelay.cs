using System.Threading.Tasks.Sources;

namespace StreamPipes.Common;

/// <summary>
/// Hands on the results of one pending operation at a time, after a look at them, without allocating: the same object is the source of
/// every task that has to wait.
/// </summary>
internal abstract class ResultRelay<TInner, TOuter> : IValueTaskSource<TOuter>, IValueTaskSource
{
    private const int Free = 0;
    private const int Pending = 1;
    private const int Unobserved = 2;

    private readonly Action _onInnerCompleted;
    private readonly ValueTaskSourceOnCompletedFlags _ignoredFlags;
    private ManualResetValueTaskSourceCore<TOuter> _core;
    private ValueTask<TInner> _inner;
    private int _state;

    /// <param name="useSynchronizationContext">Whether whoever awaits goes on in the context or scheduler captured there.</param>
    protected ResultRelay(bool useSynchronizationContext)
    {
        _onInnerCompleted = OnInnerCompleted;
        _ignoredFlags = useSynchronizationContext ? ValueTaskSourceOnCompletedFlags.None : ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
    }

    public bool IsPending => Volatile.Read(ref _state) == Pending;

    /// <summary>Whether the last result has been taken, or there was none.</summary>
    public bool IsFree => Volatile.Read(ref _state) == Free;

    public ValueTask<TOuter> Relay(ValueTask<TInner> inner) => inner.IsCompleted ? Convert(inner) : new ValueTask<TOuter>(this, Begin(inner));

    /// <summary>As <see cref="Relay"/>, for those who only want to know that it is done.</summary>
    public ValueTask RelayCompletion(ValueTask<TInner> inner)
    {
        if (!inner.IsCompleted) return new ValueTask(this, Begin(inner));
        ValueTask<TOuter> outer = Convert(inner);
        return outer.IsCompletedSuccessfully ? default : new ValueTask(outer.AsTask());
    }

    TOuter IValueTaskSource<TOuter>.GetResult(short token) => GetResult(token);

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~_ignoredFlags);

    /// <summary>Looks at a result; what it throws, the caller gets.</summary>
    protected abstract TOuter Look(TInner result);

    /// <summary>Replaces an error of the operation by what the caller should get.</summary>
    protected virtual Exception Translate(Exception error) => error;

    /// <summary>Called when the operation is over, before anybody is told.</summary>
    protected virtual void OnOver()
    {
    }

    private TOuter GetResult(short token)
    {
        bool isOver = _core.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // Only now may the next operation use the source, and before the taker, who may come back with it at once, goes on.
            if (isOver) Volatile.Write(ref _state, Free);
        }
    }

    private short Begin(ValueTask<TInner> inner)
    {
        _core.Reset();
        short version = _core.Version;
        _inner = inner;
        Volatile.Write(ref _state, Pending);
        inner.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onInnerCompleted);
        return version;
    }

    private ValueTask<TOuter> Convert(ValueTask<TInner> inner)
    {
        try
        {
            return new ValueTask<TOuter>(Look(inner.GetAwaiter().GetResult()));
        }
        catch (Exception e)
        {
            return ObservedTask.Create<TOuter>(Translate(e));
        }
        finally
        {
            OnOver();
        }
    }

    private void OnInnerCompleted()
    {
        ValueTask<TInner> inner = _inner;
        _inner = default;
        TOuter result;
        try
        {
            result = Look(inner.GetAwaiter().GetResult());
        }
        catch (Exception e)
        {
            Volatile.Write(ref _state, Unobserved);
            OnOver();
            _core.SetException(Translate(e));
            return;
        }

        // Before the result: whoever gets it may come back at once.
        Volatile.Write(ref _state, Unobserved);
        OnOver();
        _core.SetResult(result);
    }
}
