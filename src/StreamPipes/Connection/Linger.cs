using System.Buffers;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Receiving;
using StreamPipes.Transports;

namespace StreamPipes.Connection;

/// <summary>
/// After the half-close: reads and discards what the peer still sends, so that the close does not turn into a reset, until the peer has closed too,
/// until it is quiet and known to have everything, or until the limit has elapsed. It ends in time whatever the pump or the stream do.
/// </summary>
internal sealed class Linger
{
    /// <summary>
    /// How long a peer that has everything, and says nothing, is waited for. A peer of which that is not known is waited for to the limit.
    /// </summary>
    private static readonly TimeSpan QuietInterval = TimeSpan.FromMilliseconds(250);

    private readonly Transport _transport;
    private readonly ReceivePump? _receive;
    private readonly Clock _clock;
    private readonly TimeSpan _limit;
    private readonly bool _clears;
    private readonly object _sync = new();
    private OnceSignal _ended;
    private CancellationTokenSource? _stopReading;
    private ITimer? _timer;
    private long _started;
    private long _discardedBefore;
    private bool _hasEnded;

    public Linger(Transport transport, ReceivePump? receive, Clock clock, TimeSpan limit, bool clears)
    {
        _transport = transport;
        _receive = receive;
        _clock = clock;
        _limit = limit;
        _clears = clears;
    }

    /// <summary>The reading that discards: over when no read of it is in the stream any more, which may be after the linger.</summary>
    public Task Discarding { get; private set; } = Task.CompletedTask;

    /// <summary>Once.</summary>
    public async Task RunAsync()
    {
        _started = _clock.GetTimestamp();
        LookLater();
        if (_receive is not null)
        {
            // A reader that blocks the pump's thread keeps the pump from ending, but not the connection.
            await Task.WhenAny(_receive.Ended, _ended.Task).ConfigureAwait(false);
            if (_ended.IsSet || _receive.ReachedEndOfStream)
            {
                StopLooking();
                return;
            }
        }

        // The reader was completed before the connection was closed, and its pump has stopped.
        CancellationTokenSource stopReading = new();
        lock (_sync)
        {
            if (_hasEnded) return;
            _stopReading = stopReading;
        }

        // This may be a caller's thread, in a context of its own that a stream must not see, nor be blocked by one.
        Discarding = _transport.NeverBlocks ? DiscardRestAsync(stopReading.Token) : Background.Start(() => DiscardRestAsync(stopReading.Token));
        ObservedTask.ObserveLater(Discarding);
        await Task.WhenAny(Discarding, _ended.Task).ConfigureAwait(false);
        StopLooking();
    }

    /// <summary>Any thread: ends the linger, or keeps it from beginning. A read that must not be cancelled stays pending.</summary>
    public void End()
    {
        StopLooking();
        _ended.Set();
        _receive?.Stop(_transport.MayCancelReads);
        if (_transport.MayCancelReads) StopReading();
    }

    /// <summary>Any thread: stops the read that discards, if there is one.</summary>
    public void StopReading()
    {
        CancellationTokenSource? stopReading;
        lock (_sync) stopReading = _stopReading;
        if (stopReading is not null) Cancellation.Fire(stopReading);
    }

    private async Task DiscardRestAsync(CancellationToken cancellationToken)
    {
        using IMemoryOwner<byte> rest = BlockPool.Shared.Rent();
        try
        {
            while (!_ended.IsSet && await _transport.ReadAsync(rest.Memory, cancellationToken).ConfigureAwait(false) > 0)
            {
                // No caller wants these bytes any more.
                LookLater();
            }
        }
        catch (Exception)
        {
            // Everything was sent, and no caller reads: how the peer leaves, or that it does not, changes nothing any more.
        }

        if (_clears) rest.Memory.Span.Clear();
    }

    private void LookLater()
    {
        lock (_sync)
        {
            if (_hasEnded) return;
            TimeSpan interval = _limit == Timeout.InfiniteTimeSpan || _limit > QuietInterval ? QuietInterval : _limit;
            if (_timer is null) _timer = _clock.StartTimer(interval, static linger => ((Linger)linger!).OnTimer(), this);
            else _timer.Change(interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopLooking()
    {
        lock (_sync)
        {
            _hasEnded = true;
            _timer?.Dispose();
        }
    }

    private void OnTimer()
    {
        bool isLate = _limit != Timeout.InfiniteTimeSpan && _clock.GetElapsed(_started) >= _limit;
        long discarded = _receive?.BytesDiscarded ?? 0;
        bool isQuiet = discarded == _discardedBefore;
        _discardedBefore = discarded;
        if (isLate || (isQuiet && _transport.IsEverythingDelivered)) End();
        else LookLater();
    }
}
