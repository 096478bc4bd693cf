using StreamPipes.Common;

namespace StreamPipes.State;

/// <summary>
/// Watches a connection for idleness and for a write that does not end, by one timer that is set to when the first of them could be over:
/// reads and writes only note the time.
/// </summary>
internal sealed class TimeLimits
{
    private readonly Clock _clock;
    private readonly TimeSpan _idleLimit;
    private readonly TimeSpan _writeLimit;
    private readonly Action<TimeoutException> _onTimedOut;
    private readonly object _sync = new();
    private ITimer? _timer;
    private long _lastActivity;
    private long _writeStarted;
    private bool _isWriting;
    private bool _isHeldUp;
    private bool _ignoresIdleness;
    private bool _isStopped;

    public TimeLimits(Clock clock, PipeConnectionOptions options, Action<TimeoutException> onTimedOut)
    {
        _clock = clock;
        _idleLimit = options.IdleTimeout;
        _writeLimit = options.WriteTimeout;
        _onTimedOut = onTimedOut;
    }

    public static bool IsWanted(PipeConnectionOptions options) =>
        options.IdleTimeout != Timeout.InfiniteTimeSpan || options.WriteTimeout != Timeout.InfiniteTimeSpan;

    public void Start()
    {
        lock (_sync)
        {
            // The pumps are at work already, and may have ended.
            if (_isStopped) return;
            _lastActivity = _clock.GetTimestamp();
            TimeSpan first = _idleLimit == Timeout.InfiniteTimeSpan ? _writeLimit : _idleLimit;
            if (_writeLimit != Timeout.InfiniteTimeSpan && _writeLimit < first) first = _writeLimit;
            _timer = _clock.StartTimer(first, static watch => ((TimeLimits)watch!).OnTimer(), this);
        }
    }

    public void Stop()
    {
        lock (_sync)
        {
            _isStopped = true;
            _timer?.Dispose();
        }
    }

    /// <summary>From here on the connection closes, which has a limit of its own: a peer that has nothing to say is in order.</summary>
    public void IgnoreIdleness()
    {
        lock (_sync) _ignoresIdleness = true;
    }

    public void NoteReceived()
    {
        long now = _clock.GetTimestamp();
        lock (_sync) _lastActivity = now;
    }

    /// <summary>The receive pump waits for its reader, and the peer for the pump: neither is idle.</summary>
    public void NoteHeldUp(bool isHeldUp)
    {
        long now = _clock.GetTimestamp();
        lock (_sync)
        {
            _isHeldUp = isHeldUp;
            _lastActivity = now;
        }
    }

    public void NoteWriting()
    {
        long now = _clock.GetTimestamp();
        lock (_sync)
        {
            _writeStarted = now;
            _isWriting = true;
        }
    }

    /// <summary>The write or flush is over.</summary>
    /// <param name="bytes">How many bytes it moved: a flush of nothing is no activity.</param>
    public void NoteWritten(long bytes)
    {
        long now = _clock.GetTimestamp();
        lock (_sync)
        {
            _isWriting = false;
            if (bytes > 0) _lastActivity = now;
        }
    }

    private void OnTimer()
    {
        TimeoutException? over = null;
        lock (_sync)
        {
            if (_isStopped) return;
            TimeSpan? idleLeft = _ignoresIdleness ? null : Left(_idleLimit, _isHeldUp ? _clock.GetTimestamp() : _lastActivity);

            // A write that starts later cannot be over before its whole limit has passed.
            TimeSpan? writeLeft = _isWriting ? Left(_writeLimit, _writeStarted) : Left(_writeLimit, _clock.GetTimestamp());
            if (_isWriting && writeLeft <= TimeSpan.Zero) over = new TimeoutException($"A write of the stream did not end within the WriteTimeout of {_writeLimit}: the peer does not read.");
            else if (idleLeft <= TimeSpan.Zero) over = new TimeoutException($"The connection was without a byte in either direction for the IdleTimeout of {_idleLimit}.");
            else _timer!.Change(Earlier(idleLeft, writeLeft), Timeout.InfiniteTimeSpan);
        }

        if (over is not null) _onTimedOut(over);
    }

    private static TimeSpan Earlier(TimeSpan? one, TimeSpan? other)
    {
        TimeSpan earlier = one is { } a && other is { } b ? (a < b ? a : b) : one ?? other ?? Timeout.InfiniteTimeSpan;

        // A timer counts whole milliseconds: rounded down it would come early, again and again.
        return earlier == Timeout.InfiniteTimeSpan ? earlier : earlier + TimeSpan.FromMilliseconds(1);
    }

    private TimeSpan? Left(TimeSpan limit, long since) => limit == Timeout.InfiniteTimeSpan ? null : limit - _clock.GetElapsed(since);
}
