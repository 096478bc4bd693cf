using System.Threading.Tasks.Sources;
using StreamPipes.Testing.Running;

namespace StreamPipes.Testing.Links;

/// <summary>
/// One read or write that waits: it ends on the thread of the run, from the loop and never from below another call, and its continuation runs inline there.
/// </summary>
internal sealed class PendingTransfer : IValueTaskSource<int>, IValueTaskSource
{
    private static readonly Action<object?> TryEndCallback = static transfer => ((PendingTransfer)transfer!).TryEnd();

    private readonly RunLoop _loop;
    private readonly Attempt _attempt;
    private ManualResetValueTaskSourceCore<int> _core;
    private CancellationToken _cancellationToken;
    private CancellationTokenRegistration _registration;
    private bool _isScheduled;

    public PendingTransfer(RunLoop loop, Attempt attempt)
    {
        _loop = loop;
        _attempt = attempt;
    }

    /// <summary>Looks whether the operation can end, and throws what ends it badly.</summary>
    /// <returns>False if it has to wait on.</returns>
    internal delegate bool Attempt(out int result);

    public bool IsPending { get; private set; }

    /// <summary>Begins to wait.</summary>
    /// <param name="isReady">Whether it can end already, but as one that waited.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public short Begin(bool isReady, CancellationToken cancellationToken)
    {
        _core.Reset();
        IsPending = true;
        _isScheduled = false;
        _cancellationToken = cancellationToken;
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(static transfer => ((PendingTransfer)transfer!).Signal(), this);
        if (isReady) Signal();
        return _core.Version;
    }

    /// <summary>Something has changed that may end the wait.</summary>
    public void Signal()
    {
        if (!IsPending || _isScheduled) return;
        _isScheduled = true;
        _loop.Schedule(TryEndCallback, this);
    }

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    private void TryEnd()
    {
        _isScheduled = false;
        if (!IsPending) return;
        int result;
        try
        {
            if (!_attempt(out result))
            {
                if (!_cancellationToken.IsCancellationRequested) return;
                throw new OperationCanceledException(_cancellationToken);
            }
        }
        catch (Exception e)
        {
            // It is the caller's of the operation.
            End();
            _core.SetException(e);
            return;
        }

        End();
        _core.SetResult(result);
    }

    private void End()
    {
        IsPending = false;
        _registration.Dispose();
        _registration = default;
    }
}
