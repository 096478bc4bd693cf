namespace StreamPipes.Scheduling;

/// <summary>
/// Looks after the pumps that have staked something on an event that usually comes within microseconds: on a reader that returns soon, while the pump
/// is parked below it, or on bytes that come soon, while the pump holds a block for them. One timer for the process looks at them now and then, and
/// takes back what has been staked for a whole period; it rests when no pump has anything at stake. A pump pays nothing for it but a count.
/// </summary>
internal sealed class PumpMonitor
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(25);

    private readonly object _sync = new();
    private readonly List<IMonitored> _monitored = [];
    private readonly Timer _timer;

    private PumpMonitor()
    {
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = new Timer(static monitor => ((PumpMonitor)monitor!).CheckAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the monitor looks after.</summary>
    internal interface IMonitored
    {
        /// <summary>The monitor, one period after the look before, or after <see cref="Watch"/>. It does not block.</summary>
        /// <returns>Whether to check again. After false the pump asks anew.</returns>
        bool CheckStake();
    }

    public static PumpMonitor Shared { get; } = new();

    /// <summary>Looks after a pump from now on, until it has had nothing at stake for a period.</summary>
    public void Watch(IMonitored pump)
    {
        lock (_sync)
        {
            _monitored.Add(pump);
            if (_monitored.Count == 1) _timer.Change(Period, Timeout.InfiniteTimeSpan);
        }
    }

    private void CheckAll()
    {
        lock (_sync)
        {
            // From the end, since the last takes the place of one that leaves.
            for (int i = _monitored.Count - 1; i >= 0; i--)
            {
                if (_monitored[i].CheckStake()) continue;
                _monitored[i] = _monitored[_monitored.Count - 1];
                _monitored.RemoveAt(_monitored.Count - 1);
            }

            if (_monitored.Count > 0) _timer.Change(Period, Timeout.InfiniteTimeSpan);
        }
    }
}
