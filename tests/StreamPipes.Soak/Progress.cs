namespace StreamPipes.Soak;

/// <summary>What one worker of a connection is doing, and since when, for the watchdog.</summary>
internal sealed class Progress(string worker)
{
    private long _at = Environment.TickCount64;
    private string _stage = "not begun";

    public TimeSpan Silence => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _at));

    public void Report(string stage)
    {
        Volatile.Write(ref _stage, stage);
        Volatile.Write(ref _at, Environment.TickCount64);
    }

    public override string ToString() => $"{worker}: {Volatile.Read(ref _stage)} ({Silence.TotalSeconds:F0} s)";
}
