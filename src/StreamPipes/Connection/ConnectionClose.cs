using StreamPipes.Common;
using StreamPipes.Receiving;
using StreamPipes.Sending;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Connection;

/// <summary>Ends a connection: half-closes, lingers, releases the stream, and waits for the pumps. Every wait has a limit.</summary>
internal sealed class ConnectionClose
{
    /// <summary>A caller who does not want to wait for the peer has to wait for the stream to notice its dispose all the same.</summary>
    private static readonly TimeSpan LeastReleaseLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long what is pending in a stream is waited for before its dispose, or before it is ended from below.</summary>
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMilliseconds(250);

    private readonly Transport _transport;
    private readonly ReceivePump? _receive;
    private readonly SendPump? _send;
    private readonly Clock _clock;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _releaseLimit;
    private readonly Action _onTimeout;
    private readonly Linger _linger;
    private readonly object _sync = new();
    private ITimer? _timer;
    private bool _isTimerOver;
    private bool _hasShutDown;

    public ConnectionClose(Transport transport, ReceivePump? receive, SendPump? send, Clock clock, PipeConnectionOptions options, Action onTimeout)
    {
        _transport = transport;
        _receive = receive;
        _send = send;
        _clock = clock;
        _limit = options.CloseTimeout;
        _releaseLimit = _limit >= TimeSpan.Zero && _limit < LeastReleaseLimit ? LeastReleaseLimit : _limit;
        _onTimeout = onTimeout;
        _linger = new Linger(transport, receive, clock, _limit, options.ClearBuffers);
    }

    private Task PumpsEnded => Task.WhenAll(_receive?.Ended ?? Task.CompletedTask, _send?.Ended ?? Task.CompletedTask);

    private bool HavePumpsEnded => _receive is not { HasEnded: false } && _send is not { HasEnded: false };

    /// <summary>Starts the one time limit for what is still to be sent, and for the peer's end. Once.</summary>
    public void StartTimer()
    {
        lock (_sync)
        {
            // The other direction may have ended the whole connection meanwhile.
            if (_limit == Timeout.InfiniteTimeSpan || _timer is not null || _isTimerOver) return;
            _timer = _clock.StartTimer(_limit, static close => ((ConnectionClose)close!).OnTimer(), this);
        }
    }

    /// <summary>Half-closes, with no read concurrent to it where the stream does not allow one.</summary>
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

    /// <returns>Whether both pumps ended in time.</returns>
    public Task<bool> WaitForPumpsAsync() => _clock.WaitAsync(PumpsEnded, _releaseLimit);

    /// <summary>Releases the input stream, after the read that is pending in it where its dispose must not run concurrently with one.</summary>
    public void ReleaseInput()
    {
        bool mustWait = _transport.DisposeNeedsQuiet && _receive is { HasEnded: false };
        ObservedTask.ObserveLater(mustWait ? ReleaseQuietInputAsync(_receive!.Ended) : _transport.CloseInputAsync());
    }

    /// <summary>An abort while an orderly close is under way.</summary>
    public void Escalate()
    {
        _transport.Reset();
        _linger.End();
    }

    /// <returns>What went wrong with the release of the stream.</returns>
    public async Task<Exception?> RunAsync(Fault? fault, bool endOfStream)
    {
        if (fault is null && _hasShutDown && !endOfStream && _transport.LingersAfterShutdown)
        {
            // After the half-close nothing is unsent: the linger has a limit of its own.
            StopTimer();
            await _linger.RunAsync().ConfigureAwait(false);
        }

        if (fault is { IsImmediate: true }) _transport.Reset();
        _receive?.Stop();
        _send?.Stop();
        if (_transport.DisposeNeedsQuiet && !HavePumpsEnded) await WaitForQuietAsync().ConfigureAwait(false);
        Task released = StartRelease();
        bool inTime = (released.IsCompleted && HavePumpsEnded && _linger.Discarding.IsCompleted)
            || await _clock.WaitAsync(Task.WhenAll(released, PumpsEnded, _linger.Discarding), _releaseLimit).ConfigureAwait(false);
        StopTimer();
        if (inTime) _transport.ReleaseTransport();
        return inTime ? await ErrorOfAsync(released).ConfigureAwait(false) : ReleaseTimeout();
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
            // Whatever a dispose throws, a cancellation too, is an error of the stream, for Completion to report.
            return e;
        }
    }

    private async Task ReleaseQuietInputAsync(Task readsEnded)
    {
        await _clock.WaitAsync(readsEnded, QuietLimit).ConfigureAwait(false);
        await _transport.CloseInputAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Lets what is pending in the stream come out before the dispose, which would take its memory away; what does not come by itself is
    /// ended from below.
    /// </summary>
    private async Task WaitForQuietAsync()
    {
        if (await _clock.WaitAsync(PumpsEnded, QuietLimit).ConfigureAwait(false)) return;
        _transport.Reset();
        await _clock.WaitAsync(PumpsEnded, QuietLimit).ConfigureAwait(false);
    }

    private Task StartRelease()
    {
        Task released = _transport.CloseAsync();
        ObservedTask.ObserveLater(released);
        return released;
    }

    private TimeoutException ReleaseTimeout()
    {
        string limit = _releaseLimit == _limit ? $"the CloseTimeout of {_limit}" : $"{_releaseLimit}, the least that a release gets";
        return new TimeoutException($"The stream was not released within {limit}: its dispose, a read or a write does not end, or a caller blocks the thread of a pump. It was abandoned.");
    }

    private void StopTimer()
    {
        lock (_sync)
        {
            _isTimerOver = true;
            _timer?.Dispose();
        }
    }

    private void OnTimer()
    {
        _linger.End();
        if (!Volatile.Read(ref _hasShutDown)) _onTimeout();
    }
}
