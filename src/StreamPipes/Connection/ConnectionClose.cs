using System.Buffers;
using StreamPipes.Buffers;
using StreamPipes.Common;
using StreamPipes.Receiving;
using StreamPipes.Sending;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Connection;

/// <summary>Ends a connection: half-closes, lingers, lets the stream go, and waits for the pumps, each for a limited time.</summary>
internal sealed class ConnectionClose
{
    /// <summary>Even who does not want to wait for the peer has to wait for the stream to notice its dispose.</summary>
    private static readonly TimeSpan LeastReleaseLimit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a peer that has everything, and says nothing, is waited for. A peer of which that is not known is waited for to the limit.
    /// </summary>
    private static readonly TimeSpan QuietInterval = TimeSpan.FromMilliseconds(250);

    private readonly Transport _transport;
    private readonly ReceivePump? _receive;
    private readonly SendPump? _send;
    private readonly Clock _clock;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _releaseLimit;
    private readonly bool _clears;
    private readonly Action _onTimeout;
    private readonly object _sync = new();
    private ITimer? _timer;
    private CancellationTokenSource? _scrapReading;
    private long _lingerStarted;
    private long _discardedBefore;
    private bool _isLingering;
    private volatile bool _isHurried;
    private bool _isOver;
    private bool _hasShutDown;

    public ConnectionClose(Transport transport, ReceivePump? receive, SendPump? send, Clock clock, PipeConnectionOptions options, Action onTimeout)
    {
        _transport = transport;
        _receive = receive;
        _send = send;
        _clock = clock;
        _limit = options.CloseTimeout;
        _releaseLimit = _limit >= TimeSpan.Zero && _limit < LeastReleaseLimit ? LeastReleaseLimit : _limit;
        _clears = options.ClearBuffers;
        _onTimeout = onTimeout;
    }

    /// <summary>Starts the one time limit of the close. Once.</summary>
    public void StartTimer()
    {
        lock (_sync)
        {
            // The other direction may have ended the whole connection meanwhile.
            if (_limit == Timeout.InfiniteTimeSpan || _timer is not null || _isOver) return;
            _timer = _clock.StartTimer(_limit, static state => ((ConnectionClose)state!).OnTimer(), this);
        }
    }

    /// <summary>Half-closes, with no read beside it where the stream cannot bear one.</summary>
    public async Task ShutdownWritesAsync(ConnectionState state)
    {
        try
        {
            if (_transport.ShutdownNeedsQuietReads && _receive is not null)
            {
                // Beside a read that gets data the half-close would not only fail: it can take the process down.
                if (!await _clock.WaitAsync(_receive.Gate.HoldAsync(), _limit).ConfigureAwait(false))
                    throw new TimeoutException("The stream did not end its pending read within the CloseTimeout, so that it cannot be half-closed.");
            }

            await _transport.ShutdownWritesAsync().ConfigureAwait(false);
            Volatile.Write(ref _hasShutDown, true);
        }
        catch (Exception) when (!_transport.HasSeparateInput && !state.IsReceiving)
        {
            // Every byte was written and flushed before, and the connection closes on both sides: a peer that has gone already misses nothing.
        }
        finally
        {
            _receive?.Gate.Release();
        }
    }

    private Task PumpsEnded => Task.WhenAll(_receive?.Ended ?? Task.CompletedTask, _send?.Ended ?? Task.CompletedTask);

    private bool HavePumpsEnded => _receive is not { HasEnded: false } && _send is not { HasEnded: false };

    /// <returns>Whether both pumps ended in time.</returns>
    public Task<bool> WaitForPumpsAsync() => _clock.WaitAsync(PumpsEnded, _releaseLimit);

    /// <summary>Lets the input stream go, after the read that is pending in it where its dispose must not run beside one.</summary>
    public void ReleaseInput()
    {
        bool mustWait = _transport.DisposeNeedsQuiet && _receive is { HasEnded: false };
        ObservedTask.ObserveLater(mustWait ? ReleaseQuietInputAsync(_receive!.Ended) : _transport.CloseInputAsync());
    }

    /// <summary>An abort while an orderly close is under way.</summary>
    public void Hurry()
    {
        _transport.Reset();
        EndLinger();
    }

    /// <returns>What went wrong with letting the stream go.</returns>
    public async Task<Exception?> RunAsync(Fault? fault, bool endOfStream)
    {
        if (fault is null && _hasShutDown && !endOfStream && _transport.LingersAfterShutdown) await LingerAsync().ConfigureAwait(false);
        if (fault is { IsImmediate: true }) _transport.Reset();
        _receive?.Stop();
        _send?.Stop();
        if (_transport.DisposeNeedsQuiet && !HavePumpsEnded) await WaitForQuietAsync().ConfigureAwait(false);
        Task released = Released();
        bool inTime = (released.IsCompleted && HavePumpsEnded) || await _clock.WaitAsync(Task.WhenAll(released, PumpsEnded), _releaseLimit).ConfigureAwait(false);
        StopTimer();
        if (inTime) _transport.ReleaseTransport();
        return inTime ? await ErrorOfAsync(released).ConfigureAwait(false) : Stuck();
    }

    private async Task ReleaseQuietInputAsync(Task readsEnded)
    {
        await _clock.WaitAsync(readsEnded, QuietInterval).ConfigureAwait(false);
        await _transport.CloseInputAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Lets what is pending in the stream come out before the dispose, which would take its memory away; what does not come by itself is
    /// ended from below.
    /// </summary>
    private async Task WaitForQuietAsync()
    {
        if (await _clock.WaitAsync(PumpsEnded, QuietInterval).ConfigureAwait(false)) return;
        _transport.Reset();
        await _clock.WaitAsync(PumpsEnded, QuietInterval).ConfigureAwait(false);
    }

    private static async ValueTask<Exception?> ErrorOfAsync(Task released)
    {
        try
        {
            await released.ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            // Whatever a dispose throws, a cancellation too, is an error of the stream, for Completion to tell.
            return e;
        }
    }

    private void StopTimer()
    {
        lock (_sync)
        {
            _isOver = true;
            _timer?.Dispose();
        }
    }

    /// <summary>Reads and drops what the peer still sends, so that the close does not turn into a reset.</summary>
    private async Task LingerAsync()
    {
        LookSoon();
        if (_receive is not null)
        {
            await _receive.Ended.ConfigureAwait(false);
            if (_receive.HasSeenEnd || _isHurried) return;
        }

        await ReadScrapAsync().ConfigureAwait(false);
    }

    /// <summary>The reader was completed before the connection was closed, and its pump has stopped: somebody else has to read.</summary>
    private async Task ReadScrapAsync()
    {
        CancellationTokenSource stop = new();
        lock (_sync)
        {
            if (_isHurried) return;
            _scrapReading = stop;
        }

        using IMemoryOwner<byte> scrap = BlockPool.Shared.Rent();
        try
        {
            while (await _transport.ReadAsync(scrap.Memory, stop.Token).ConfigureAwait(false) > 0)
            {
                // Nobody wants these bytes any more.
                LookSoon();
            }
        }
        catch (Exception)
        {
            // Everything was sent, and nobody reads: how the peer leaves, or that it does not, changes nothing any more.
        }

        lock (_sync) _scrapReading = null;
        if (_clears) scrap.Memory.Span.Clear();
    }

    /// <summary>From now on the timer also looks whether there is still anything to linger for.</summary>
    private void LookSoon()
    {
        lock (_sync)
        {
            if (_isOver) return;
            if (!_isLingering) _lingerStarted = _clock.GetTimestamp();
            _isLingering = true;
            TimeSpan interval = _limit == Timeout.InfiniteTimeSpan || _limit > QuietInterval ? QuietInterval : _limit;
            if (_timer is null) _timer = _clock.StartTimer(interval, static state => ((ConnectionClose)state!).OnTimer(), this);
            else _timer.Change(interval, Timeout.InfiniteTimeSpan);
        }
    }

    private Task Released()
    {
        Task released = _transport.CloseAsync();
        ObservedTask.ObserveLater(released);
        return released;
    }

    private TimeoutException Stuck() => new($"The stream was not let go within the CloseTimeout of {_limit}: its dispose, a read or a write does not end. It was abandoned.");

    private void EndLinger()
    {
        CancellationTokenSource? scrapReading;
        lock (_sync)
        {
            _isHurried = true;
            scrapReading = _scrapReading;
            _scrapReading = null;
        }

        _receive?.Stop();
        if (scrapReading is not null) Cancellation.Fire(scrapReading);
    }

    private void OnTimer()
    {
        if (Volatile.Read(ref _isLingering))
        {
            // After the half-close nothing is unsent: only the linger ends here.
            bool isLate = _limit != Timeout.InfiniteTimeSpan && _clock.GetElapsed(_lingerStarted) >= _limit;
            long discarded = _receive?.BytesDiscarded ?? 0;
            bool isQuiet = discarded == _discardedBefore;
            _discardedBefore = discarded;
            if (isLate || (isQuiet && _transport.IsEverythingDelivered)) EndLinger();
            else LookSoon();
            return;
        }

        EndLinger();
        if (!Volatile.Read(ref _hasShutDown)) _onTimeout();
    }
}
