using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>
/// Runs the reader that the receive pump wakes on the pump's own thread, but only once the pump itself waits for something: then no
/// reader, whatever it does with the thread, can keep the pump from going on elsewhere.
/// </summary>
internal sealed class ReaderWakeUp : PipeScheduler
{
    private int _capturingThread;
    private Action<object?>? _action;
    private object? _state;

    /// <summary>Flushes, and keeps the wake-up of the reader for <see cref="RunHere"/> or <see cref="RunElsewhere"/>.</summary>
    public ValueTask<FlushResult> Flush(PipeWriter writer)
    {
        Volatile.Write(ref _capturingThread, Environment.CurrentManagedThreadId);
        try
        {
            return writer.FlushAsync();
        }
        finally
        {
            Volatile.Write(ref _capturingThread, 0);
        }
    }

    public override void Schedule(Action<object?> action, object? state)
    {
        if (Volatile.Read(ref _capturingThread) == Environment.CurrentManagedThreadId)
        {
            _state = state;
            Volatile.Write(ref _action, action);
        }
        else
        {
            // Cancellation and completion wake the reader too, from any thread.
            ThreadPool.Schedule(action, state);
        }
    }

    public void RunHere()
    {
        if (TryTake(out Action<object?>? action, out object? state)) action!(state);
    }

    public void RunElsewhere()
    {
        if (TryTake(out Action<object?>? action, out object? state)) ThreadPool.Schedule(action!, state);
    }

    /// <summary>Either thread of the pump may come: the one that suspended it, and the one on which it goes on.</summary>
    private bool TryTake(out Action<object?>? action, out object? state)
    {
        action = Interlocked.Exchange(ref _action, null);
        state = null;
        if (action is null) return false;

        // Nobody captures the next wake-up before this one has run.
        (state, _state) = (_state, null);
        return true;
    }
}
