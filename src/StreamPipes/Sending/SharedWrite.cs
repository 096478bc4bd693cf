using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using StreamPipes.Common;

namespace StreamPipes.Sending;

/// <summary>One caller who waits for a <see cref="SharedWrites"/>. It is used again once its result has been taken.</summary>
/// <remarks>
/// <code>
///  Fresh ---- Enqueue ----> Waiting ---- the holder takes it, the token, the end ----> Begun ---- GetResult ----> Fresh
///    +----------------------- a caller who finds the turn free ------------------------->
/// </code>
/// Every step is made under the lock of the owner, the last one when the result has been taken. The thread that makes it Begun ends it, once.
/// </remarks>
internal sealed class SharedWrite : IValueTaskSource<FlushResult>, IValueTaskSource<PipeWriterLease>, IThreadPoolWorkItem
{
    private readonly SharedWrites _owner;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellationToken;
    private FlushResult _result;
    private PipeWriterLease _lease;
    private ExceptionDispatchInfo? _error;
    private bool _isCanceled;

    public SharedWrite(SharedWrites owner) => _owner = owner;

    internal enum Wish
    {
        /// <summary>To have a message written.</summary>
        Message,

        /// <summary>To write one in place.</summary>
        Lease,

        /// <summary>To complete the writer.</summary>
        Completion,
    }

    internal enum Step
    {
        Fresh,
        Waiting,
        Begun,
    }

    public Wish Wanted { get; private set; }

    public ReadOnlyMemory<byte> Message { get; private set; }

    public int Size { get; private set; }

    /// <summary>Under the owner's lock.</summary>
    public Step At { get; set; }

    /// <summary>Of those who wait, and of a group that shares a flush: under the owner's lock, or the holder's.</summary>
    public SharedWrite? Next { get; set; }

    /// <summary>Of those who wait. Under the owner's lock.</summary>
    public SharedWrite? Previous { get; set; }

    public ValueTask<FlushResult> Flushed => new(this, _core.Version);

    public ValueTask<PipeWriterLease> Leased => new(this, _core.Version);

    /// <summary>The caller, before it waits. A token that fires before it does is looked at afterwards.</summary>
    public void Prepare(Wish wanted, ReadOnlyMemory<byte> message, int size, CancellationToken cancellationToken)
    {
        Debug.Assert(At == Step.Fresh, "It waits for one thing at a time.");
        Wanted = wanted;
        Message = message;
        Size = size;
        _cancellationToken = cancellationToken;
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(static write => ((SharedWrite)write!).Cancel(), this);
    }

    /// <summary>Any thread: gives up, unless it has begun.</summary>
    public void Cancel()
    {
        if (!_owner.TryRemove(this)) return;
        _isCanceled = true;
        ResumeOnPool();
    }

    /// <summary>The caller: it does not wait, since the end has come before.</summary>
    public void Withdraw()
    {
        _registration.Dispose();
        _registration = default;
        Forget();
        _owner.Recycle(this);
    }

    public void EndWith(FlushResult result)
    {
        _result = result;
        ResumeOnPool();
    }

    public void EndWith(PipeWriterLease lease)
    {
        _lease = lease;
        ResumeOnPool();
    }

    public void EndWith(ExceptionDispatchInfo error)
    {
        // Who comes to complete the writer does so all the same.
        if (Wanted != Wish.Completion) _error = error;
        ResumeOnPool();
    }

    /// <summary>A caller is never resumed on the thread of another, nor in the middle of the turn.</summary>
    public void Execute()
    {
        _registration.Dispose();
        _registration = default;
        _core.SetResult(true);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _core.GetResult(token);
        FlushResult result = _result;
        Leave();
        return result;
    }

    PipeWriterLease IValueTaskSource<PipeWriterLease>.GetResult(short token)
    {
        _core.GetResult(token);
        PipeWriterLease lease = _lease;
        Leave();
        return lease;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    private void ResumeOnPool()
    {
        Debug.Assert(At == Step.Begun, "Only who has taken it ends it.");
        Background.Queue(this, preferLocal: true);
    }

    private void Leave()
    {
        CancellationToken canceled = _cancellationToken;
        ExceptionDispatchInfo? error = _error;
        bool isCanceled = _isCanceled;
        Forget();

        // Before it can be used again: a result that is taken twice is refused.
        _core.Reset();
        _owner.Recycle(this);
        if (isCanceled) throw new OperationCanceledException(canceled);
        error?.Throw();
    }

    private void Forget()
    {
        _cancellationToken = default;
        _error = null;
        _isCanceled = false;
        _result = default;
        _lease = default;
        Wanted = Wish.Message;
        Message = default;
    }
}
