namespace StreamPipes.Fuzzing.Running;

/// <summary>Ends the process when an input does not end: nothing else ends a loop that runs for ever, and afl-fuzz would not say which input it was.</summary>
internal sealed class Watchdog : IDisposable
{
    public const int ExitCode = 3;

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static volatile string _stage = "";

    private readonly Action<byte[], string> _report;
    private readonly Timer _timer;
    private volatile byte[] _input = [];

    /// <param name="report">Gets the input and the last <see cref="Stage"/>.</param>
    public Watchdog(Action<byte[], string> report)
    {
        _report = report;
        _timer = new Timer(_ => Expire());
    }

    /// <summary>Where the target is, for the report.</summary>
    public static string Stage
    {
        get => _stage;
        set => _stage = value;
    }

    public void Begin(byte[] input)
    {
        _input = input;
        Stage = "at the beginning";
        _timer.Change(Limit, Timeout.InfiniteTimeSpan);
    }

    public void End() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void Expire()
    {
        _report(_input, Stage);
        Environment.Exit(ExitCode);
    }
}
