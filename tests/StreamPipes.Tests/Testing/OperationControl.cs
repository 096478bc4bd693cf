namespace StreamPipes.Tests.Testing;

/// <summary>Holds, fails and counts the calls of one operation of a <see cref="ScriptedStream"/>.</summary>
internal sealed class OperationControl
{
    private readonly Gate _gate = Gate.Open();
    private readonly Lock _sync = new();
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiters = [];
    private Exception? _failure;
    private int _failFrom;
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public void Hold() => _gate.Hold();

    public void Release() => _gate.Release();

    public void FailFrom(int nth, Exception exception)
    {
        lock (_sync) (_failFrom, _failure) = (nth, exception);
    }

    public Task GetCalledTask(int nth)
    {
        lock (_sync)
        {
            if (_calls >= nth) return Task.CompletedTask;
            TaskCompletionSource signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((nth, signal));
            return signal.Task;
        }
    }

    /// <summary>What every call goes through: counted, perhaps held, perhaps failed.</summary>
    public async ValueTask EnterAsync(Task ended, CancellationToken cancellationToken)
    {
        int call;
        lock (_sync)
        {
            call = ++_calls;
            foreach ((int count, TaskCompletionSource signal) in _waiters)
            {
                if (call >= count) signal.TrySetResult();
            }
        }

        await Interruptible.WaitAsync(_gate.WaitAsync(cancellationToken), ended);
        lock (_sync)
        {
            if (_failure is not null && call >= _failFrom) throw _failure;
        }
    }
}
