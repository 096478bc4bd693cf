using System.Runtime.InteropServices;

namespace StreamPipes.Testing.Running;

/// <summary>What can run now: a callback of the network's or the library's, or one of the scenario's, which runs in the context of the run.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ReadyWork
{
    private readonly Delegate _callback;
    private readonly object? _state;

    public ReadyWork(Action<object?> callback, object? state)
    {
        _callback = callback;
        _state = state;
    }

    public ReadyWork(SendOrPostCallback callback, object? state)
    {
        _callback = callback;
        _state = state;
    }

    public void Run(SynchronizationContext context)
    {
        if (_callback is Action<object?> action)
        {
            action(_state);
            return;
        }

        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            ((SendOrPostCallback)_callback)(_state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }
}
