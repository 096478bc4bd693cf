using System.Threading.Tasks.Sources;

namespace StreamPipes.Common;

/// <summary>
/// Turns the results of one pending operation at a time into results of another type, without allocating: the same object is the source
/// of every task that has to wait.
/// </summary>
/// <remarks>
/// <para>Only one caller may relay at a time; the derived class sees to that, until <see cref="EndOperation"/> is called.</para>
/// <para>The source has an owner in each state. Free: the caller that relays next. Pending: the operation's completion. Unobserved: the
/// caller that awaits the result. A caller that finds the source not free (an earlier result has not been taken) must not relay an
/// operation that is still pending: <see cref="CanRelay"/>.</para>
/// </remarks>
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

    /// <param name="useSynchronizationContext">Whether an awaiting caller resumes in the context or scheduler captured there.</param>
    protected ResultRelay(bool useSynchronizationContext)
    {
        _onInnerCompleted = OnInnerCompleted;
        _ignoredFlags = useSynchronizationContext ? ValueTaskSourceOnCompletedFlags.None : ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
    }

    TOuter IValueTaskSource<TOuter>.GetResult(short token) => GetResult(token);

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~_ignoredFlags);

    /// <summary>Whether the operation has completed already, or the source is free to wait for it.</summary>
    protected bool CanRelay(in ValueTask<TInner> inner) => inner.IsCompleted || Volatile.Read(ref _state) == Free;

    protected ValueTask<TOuter> Relay(ValueTask<TInner> inner) => inner.IsCompleted ? Convert(inner) : new ValueTask<TOuter>(this, Begin(inner));

    /// <summary>As <see cref="Relay"/>, for a caller that only needs to know when the operation is done.</summary>
    protected ValueTask RelayCompletion(ValueTask<TInner> inner)
    {
        if (!inner.IsCompleted) return new ValueTask(this, Begin(inner));
        ValueTask<TOuter> outer = Convert(inner);
        return outer.IsCompletedSuccessfully ? default : new ValueTask(outer.AsTask());
    }

    /// <summary>Makes the caller's result of the operation's; what it throws, the caller gets.</summary>
    protected abstract TOuter MakeResult(TInner inner);

    /// <summary>Replaces an error of the operation by what the caller should get.</summary>
    protected abstract Exception TranslateError(Exception error);

    /// <summary>Called when the operation has completed, before the caller resumes.</summary>
    protected abstract void EndOperation();

    private TOuter GetResult(short token)
    {
        bool hasCompleted = _core.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // Only now may the next operation use the source, and before the caller, which may come back with it at once, resumes.
            if (hasCompleted) Volatile.Write(ref _state, Free);
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
            return new ValueTask<TOuter>(MakeResult(inner.GetAwaiter().GetResult()));
        }
        catch (Exception e)
        {
            return ObservedTask.Create<TOuter>(TranslateError(e));
        }
        finally
        {
            EndOperation();
        }
    }

    private void OnInnerCompleted()
    {
        ValueTask<TInner> inner = _inner;
        _inner = default;
        TOuter result = default!;
        Exception? error = null;
        try
        {
            result = MakeResult(inner.GetAwaiter().GetResult());
        }
        catch (Exception e)
        {
            error = TranslateError(e);
        }

        // Before the result: a caller that gets it may come back at once.
        Volatile.Write(ref _state, Unobserved);
        EndOperation();
        if (error is null) _core.SetResult(result);
        else _core.SetException(error);
    }
}
