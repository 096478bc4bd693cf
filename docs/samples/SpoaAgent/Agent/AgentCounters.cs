namespace SpoaAgent;

/// <summary>What the agent has done so far.</summary>
internal sealed class AgentCounters
{
    private long _connections;
    private long _healthChecks;
    private long _notifies;
    private long _fragments;
    private long _mostInWork;

    public long Connections => Interlocked.Read(ref _connections);

    public long HealthChecks => Interlocked.Read(ref _healthChecks);

    public long Notifies => Interlocked.Read(ref _notifies);

    public long Fragments => Interlocked.Read(ref _fragments);

    /// <summary>How many NOTIFYs of one connection were in work at once, at most.</summary>
    public long MostInWork => Interlocked.Read(ref _mostInWork);

    public void CountConnection() => Interlocked.Increment(ref _connections);

    public void CountHealthCheck() => Interlocked.Increment(ref _healthChecks);

    public void CountNotify(long inWork)
    {
        Interlocked.Increment(ref _notifies);
        for (long most = MostInWork; inWork > most; most = MostInWork) Interlocked.CompareExchange(ref _mostInWork, inWork, most);
    }

    public void CountFragments(long count) => Interlocked.Add(ref _fragments, count);

    public override string ToString() => FormattableString.Invariant(
        $"{Connections} connections, {HealthChecks} health checks, {Notifies} messages, {Fragments} fragments, at most {MostInWork} messages of a connection in work at once");
}
