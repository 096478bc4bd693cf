namespace StreamPipes.Tests.Testing;

/// <summary>The reads of a <see cref="ScriptedStream"/>: pieces of data, gates, and at last an error or the end.</summary>
internal sealed class ReadScript
{
    private readonly Lock _sync = new();
    private readonly Queue<object?> _steps = new();
    private ReadOnlyMemory<byte> _rest;
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(byte[] bytes) => AddStep(bytes);

    public void Add(Gate gate) => AddStep(gate);

    public void Add(Exception error) => AddStep(error);

    public void AddEnd() => AddStep(null);

    /// <summary>A read into an empty buffer waits for the step that a real one would get, and leaves it there.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, Task ended, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (_sync)
            {
                if (!_rest.IsEmpty) return TakeRest(buffer);
                if (!_steps.TryPeek(out object? step))
                {
                    wait = _grown.Task.WaitAsync(cancellationToken);
                }
                else if (step is byte[] bytes)
                {
                    _steps.Dequeue();
                    _rest = bytes;
                    continue;
                }
                else if (step is Gate gate)
                {
                    wait = PassAsync(gate, cancellationToken);
                }
                else
                {
                    return step is Exception error ? throw error : 0;
                }
            }

            await Interruptible.WaitAsync(wait, ended);
        }
    }

    private int TakeRest(Memory<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    private async Task PassAsync(Gate gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        lock (_sync)
        {
            if (_steps.TryPeek(out object? step) && step == gate) _steps.Dequeue();
        }
    }

    private void AddStep(object? step)
    {
        TaskCompletionSource grown;
        lock (_sync)
        {
            _steps.Enqueue(step);
            (grown, _grown) = (_grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        grown.TrySetResult();
    }
}
