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
    private bool _isFarewellCut;

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

    private Task ReceiveEnded => _transport.AbandonsReads ? Task.CompletedTask : _receive?.Ended ?? Task.CompletedTask;

    private Task SendEnded => _send?.Ended ?? Task.CompletedTask;

    private Task PumpsEnded => Task.WhenAll(ReceiveEnded, SendEnded);

    private bool HavePumpsEnded => (_transport.AbandonsReads || _receive is not { HasEnded: false }) && _send is not { HasEnded: false };

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
                await HoldReadsAsync(_receive.Gate).ConfigureAwait(false);

                // The read that was waited for may have failed. A TLS session then has nothing left to end, and would say so in an error of its own.
                state.Fault?.Error.Throw();
            }

            await _transport.ShutdownWritesAsync().ConfigureAwait(false);
            Volatile.Write(ref _hasShutDown, true);
        }
        catch (Exception e) when (!_transport.HasSeparateInput && !state.IsReceiving && !ReferenceEquals(e, state.Fault?.Exception))
        {
            // Every byte was written and flushed before, and the connection closes on both sides: a peer that has gone already misses nothing.
        }
        finally
        {
            _receive?.Gate.Release();
        }
    }

    /// <summary>For a detach.</summary>
    /// <param name="isReadLeft">Whether the pending read has been handed over, so that its pump ends later.</param>
    /// <param name="completion">The connection's, which an abort may bring sooner than the stream lets its pumps go.</param>
    /// <returns>Whether one of both ended in time.</returns>
    public Task<bool> WaitForPumpsAsync(bool isReadLeft, Task completion) =>
        _clock.WaitAsync(Task.WhenAny(isReadLeft ? SendEnded : PumpsEnded, completion), _releaseLimit);

    /// <summary>Releases the input stream, once no read is in it any more.</summary>
    public void ReleaseInput() => ObservedTask.ObserveLater(_transport.CloseInputAsync());

    /// <summary>An abort while an orderly close is under way.</summary>
    public void Escalate()
    {
        _transport.Reset();
        _linger.End();
        StopReading();
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

        bool isImmediate = fault is { IsImmediate: true };
        if (isImmediate) _transport.Reset();

        // A cancelled read may end more than itself: what is still on its way to the peer, or the stream's own farewell. Its dispose ends it too.
        bool isGentle = !isImmediate && !_transport.MayCancelReads && _transport.OwnsStream;
        _receive?.Stop(cancels: !isGentle);
        _send?.Stop();
        if (_transport.DisposeNeedsQuiet && !HavePumpsEnded) await WaitForQuietAsync(isGentle).ConfigureAwait(false);
        Task released = StartRelease();
        bool inTime = await WaitForReleaseAsync(released, isGentle).ConfigureAwait(false);
        StopTimer();
        if (!inTime) return ReleaseTimeout();
        _transport.ReleaseTransport();
        return _isFarewellCut ? null : await ErrorOfAsync(released).ConfigureAwait(false);
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

    /// <summary>
    /// Keeps reads off the half-close: beside a read that gets data it would not only fail, it can take the process down. A read that must not be cancelled
    /// is left where it is once it has brought nothing for a while: only what comes in the very moment of the half-close could still harm it.
    /// </summary>
    private async Task HoldReadsAsync(ReadGate gate)
    {
        bool cancels = _transport.MayCancelReads;
        bool isQuiet = await _clock.WaitAsync(gate.HoldAsync(cancels), cancels ? _limit : QuietLimit).ConfigureAwait(false);
        if (cancels && !isQuiet) throw new TimeoutException("The stream did not end its pending read within the CloseTimeout, so that it cannot be half-closed.");
    }

    /// <summary>
    /// Lets what is pending in the stream come out before the dispose, which would take its memory away. What does not come by itself is ended: gently by the dispose of
    /// what is below and then by its token; otherwise by its token, which has been fired, a reset, and the dispose of what is below.
    /// </summary>
    private async Task WaitForQuietAsync(bool isGentle)
    {
        if (isGentle)
        {
            await CloseBelowAsync().ConfigureAwait(false);
            if (await IsQuietAsync().ConfigureAwait(false)) return;
            StopReading();
        }

        if (await IsQuietAsync().ConfigureAwait(false)) return;
        _transport.Reset();
        if (await IsQuietAsync().ConfigureAwait(false) || !_transport.OwnsWhatIsBelow) return;
        if (!isGentle) await CloseBelowAsync().ConfigureAwait(false);

        // What is pending there ends by this, however busy the machine is.
        await _clock.WaitAsync(PumpsEnded, _releaseLimit).ConfigureAwait(false);
    }

    private Task<bool> IsQuietAsync() => _clock.WaitAsync(PumpsEnded, QuietLimit);

    private Task<bool> CloseBelowAsync() => _clock.WaitAsync(_transport.CloseBelowAsync(), _releaseLimit);

    /// <returns>Whether the stream, and what was pending in it, has ended in time.</returns>
    private async Task<bool> WaitForReleaseAsync(Task released, bool isGentle)
    {
        if (released.IsCompleted && HavePumpsEnded && _linger.Discarding.IsCompleted) return true;
        Task all = Task.WhenAll(released, PumpsEnded, _linger.Discarding);
        if (!isGentle) return await _clock.WaitAsync(all, _releaseLimit).ConfigureAwait(false);
        bool isReleased = await _clock.WaitAsync(released, _releaseLimit).ConfigureAwait(false);
        if (isReleased && await _clock.WaitAsync(all, QuietLimit).ConfigureAwait(false)) return true;

        // The dispose has not ended the read, or does not end itself: a farewell that the peer does not answer. Only the peer's own is missing then.
        _isFarewellCut = !isReleased;
        StopReading();
        return await _clock.WaitAsync(all, isReleased ? _releaseLimit : LeastReleaseLimit).ConfigureAwait(false);
    }

    private void StopReading()
    {
        _receive?.Stop(cancels: true);
        _linger.StopReading();
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
