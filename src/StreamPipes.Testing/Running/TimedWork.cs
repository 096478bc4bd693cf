namespace StreamPipes.Testing.Running;

/// <summary>What is to be done at a moment of virtual time, unless it is cancelled before.</summary>
internal sealed class TimedWork
{
    private readonly Action<object?> _callback;
    private readonly object? _state;

    public TimedWork(long dueTicks, long number, Action<object?> callback, object? state)
    {
        DueTicks = dueTicks;
        Number = number;
        _callback = callback;
        _state = state;
    }

    public long DueTicks { get; }

    /// <summary>Which of two that are due at the same moment was there first.</summary>
    public long Number { get; }

    public bool IsCanceled { get; private set; }

    public void Cancel() => IsCanceled = true;

    public void Run()
    {
        if (!IsCanceled) _callback(_state);
    }

    public bool IsBefore(TimedWork other) => DueTicks < other.DueTicks || (DueTicks == other.DueTicks && Number < other.Number);
}
