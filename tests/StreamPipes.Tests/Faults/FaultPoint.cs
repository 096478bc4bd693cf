namespace StreamPipes.Tests.Faults;

/// <summary>
/// The first call of one operation, or the first after the traffic: it says when it has come (<see cref="Called"/>), stays until
/// <see cref="Release"/>, and then goes wrong. One that throws out of the call itself blocks its thread until then.
/// </summary>
internal sealed class FaultPoint(FaultOperation operation, StreamFault fault, bool isAfterTraffic)
{
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isMet;

    public Task Called => _called.Task;

    /// <summary>Whether the call was the blocking one.</summary>
    public bool HasBlocked { get; private set; }

    /// <summary>Ends when the token given to the call has fired, to which the call itself pays no attention.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>The object thrown.</summary>
    public Exception Error { get; } = fault switch
    {
        StreamFault.DisposedFromCall or StreamFault.DisposedFromTask => new ObjectDisposedException("injected"),
        StreamFault.CancelledFromCall or StreamFault.CancelledFromTask => new OperationCanceledException("injected", new CancellationToken(canceled: true)),
        _ => new IOException("injected"),
    };

    public void Release() => _released.TrySetResult();

    /// <summary>Lets a thread go that hangs for ever, once nobody looks any more.</summary>
    public void Abandon() => _abandoned.TrySetResult();

    /// <summary>Whether a call is the one.</summary>
    public bool IsMetBy(FaultOperation called, bool hadTraffic) =>
        called == operation && (hadTraffic || !isAfterTraffic) && Interlocked.Exchange(ref _isMet, 1) == 0;

    /// <summary>Not an async method: what is thrown from the call leaves it that way.</summary>
    public Task<int> MeetAsync(int length, Task disposed, CancellationToken cancellationToken)
    {
        cancellationToken.Register(() => _stopped.TrySetResult());
        _called.TrySetResult();
        if (fault is StreamFault.IOExceptionFromCall or StreamFault.DisposedFromCall or StreamFault.CancelledFromCall)
        {
            Blocking.Wait(_released.Task);
            throw Error;
        }

        return MeetLaterAsync(length, disposed);
    }

    /// <summary>The same by a call that blocks.</summary>
    public int Meet(int length, Task disposed)
    {
        HasBlocked = true;
        return Blocking.Wait(MeetAsync(length, disposed, CancellationToken.None));
    }

    private async Task<int> MeetLaterAsync(int length, Task disposed)
    {
        if (fault == StreamFault.HangsForEver) await _abandoned.Task;
        if (fault == StreamFault.HangsUntilDispose)
        {
            await disposed;
            throw new ObjectDisposedException("released by the dispose");
        }

        await _released.Task;
        return fault switch
        {
            StreamFault.ReturnsZero => 0,
            StreamFault.ReturnsNegative => -1,
            StreamFault.ReturnsTooMuch => length + 1,
            _ => throw Error,
        };
    }
}
