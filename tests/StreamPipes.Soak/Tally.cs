namespace StreamPipes.Soak;

/// <summary>What has been done so far, over all connections.</summary>
internal sealed class Tally
{
    private readonly int[] _finishes = new int[Enum.GetValues<Finish>().Length];
    private readonly int[] _carriers = new int[Enum.GetValues<Carrier>().Length];
    private readonly List<string> _failures = [];
    private readonly Lock _sync = new();
    private long _bytes;
    private int _cancelled;
    private int _resetsTakenByWrites;
    private int _open;
    private int _mostOpen;

    public long Bytes => Volatile.Read(ref _bytes);

    public int Connections => _finishes.Sum();

    public int Cancellations => Volatile.Read(ref _cancelled);

    public int Broken => Of(Finish.Abort) + Of(Finish.OutputFault) + Of(Finish.Reset);

    public int MostOpen => Volatile.Read(ref _mostOpen);

    public int Open => Volatile.Read(ref _open);

    public int Failures
    {
        get
        {
            lock (_sync) return _failures.Count;
        }
    }

    public void Cancelled() => Interlocked.Increment(ref _cancelled);

    public int ResetsTakenByWrites => Volatile.Read(ref _resetsTakenByWrites);

    public void ResetWasTakenByWrite() => Interlocked.Increment(ref _resetsTakenByWrites);

    public void Opened()
    {
        lock (_sync) _mostOpen = Math.Max(_mostOpen, ++_open);
    }

    public void Closed()
    {
        lock (_sync) _open--;
    }

    public void Ended(Plan plan, long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Increment(ref _finishes[(int)plan.Finish]);
        Interlocked.Increment(ref _carriers[(int)plan.Client.Carrier]);
        Interlocked.Increment(ref _carriers[(int)plan.Server.Carrier]);
    }

    public void Failed(string what)
    {
        lock (_sync) _failures.Add(what);
        Console.Error.WriteLine($"FAILED {what}");
    }

    public int Of(Finish finish) => Volatile.Read(ref _finishes[(int)finish]);

    public int Of(Carrier carrier) => Volatile.Read(ref _carriers[(int)carrier]);
}
