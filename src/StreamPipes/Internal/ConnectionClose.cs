namespace StreamPipes.Internal;

/// <summary>Ends a connection: half-closes, lingers, lets the stream go, and waits for the pumps, each for a limited time.</summary>
internal sealed class ConnectionClose
{
    private readonly Transport _transport;
    private readonly ReceivePump? _receive;
    private readonly SendPump? _send;
    private readonly Clock _clock;
    private readonly TimeSpan _limit;
    private readonly Action _onTimeout;
    private readonly CancellationTokenSource _hurry = new();
    private IDisposable? _timer;
    private int _timerStarted;
    private bool _hasShutDown;

    public ConnectionClose(Transport transport, ReceivePump? receive, SendPump? send, PipeConnectionOptions options, Action onTimeout)
    {
        _transport = transport;
        _receive = receive;
        _send = send;
        _clock = Clock.Of(options);
        _limit = options.CloseTimeout;
        _onTimeout = onTimeout;
    }

    /// <summary>Starts the one time limit of the close. Once.</summary>
    public void StartTimer()
    {
        if (_limit == Timeout.InfiniteTimeSpan || Interlocked.Exchange(ref _timerStarted, 1) == 1) return;
        _timer = _clock.StartTimer(_limit, static state => ((ConnectionClose)state!).OnTimer(), this);
    }

    /// <summary>Half-closes, with no read beside it where the stream cannot bear one.</summary>
    public async Task ShutdownWritesAsync(ConnectionLifetime lifetime)
    {
        try
        {
            if (_transport.ShutdownNeedsQuietReads && _receive is not null)
            {
                // A stream that cannot be stopped in a read is quiet at least, as long as the read gets nothing.
                await _clock.WaitAsync(_receive.Gate.HoldAsync(), _limit).ConfigureAwait(false);
            }

            await _transport.ShutdownWritesAsync().ConfigureAwait(false);
            _hasShutDown = true;
        }
        catch (Exception) when (!_transport.HasSeparateInput && !lifetime.IsReceiving)
        {
            // Every byte was written and flushed before, and the connection closes on both sides: a peer that has gone already misses nothing.
        }
        finally
        {
            _receive?.Gate.Release();
        }
    }

    public void ReleaseInput() => FaultedTask.Observe(_transport.CloseInputAsync().ContinueWith(
        FaultedTask.Observe, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));

    /// <summary>An abort while an orderly close is under way.</summary>
    public void Hurry()
    {
        _transport.PrepareReset();
        _hurry.Cancel();
    }

    /// <returns>What went wrong with letting the stream go.</returns>
    public async Task<Exception?> RunAsync(Fault? fault, bool endOfStream)
    {
        if (fault is null && _hasShutDown && !endOfStream && _transport.LingersAfterShutdown) await LingerAsync().ConfigureAwait(false);
        if (fault is { IsImmediate: true }) _transport.PrepareReset();
        _receive?.Stop();
        _send?.Stop();
        Exception? error = await ReleaseAsync().ConfigureAwait(false);
        Task pumps = Task.WhenAll(_receive?.Ended ?? Task.CompletedTask, _send?.Ended ?? Task.CompletedTask);
        if (!await _clock.WaitAsync(pumps, _limit).ConfigureAwait(false)) error ??= Stuck("still reads or writes");
        _timer?.Dispose();
        return error;
    }

    private async Task LingerAsync()
    {
        if (!await _clock.WaitAsync(_receive!.Ended, _limit).ConfigureAwait(false)) return;
        await _receive.DiscardAsync(_hurry.Token).ConfigureAwait(false);
    }

    private async Task<Exception?> ReleaseAsync()
    {
        Task released;
        try
        {
            released = _transport.CloseAsync();
            if (!await _clock.WaitAsync(released, _limit).ConfigureAwait(false))
            {
                FaultedTask.Observe(released.ContinueWith(FaultedTask.Observe, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
                return Stuck("did not end its dispose");
            }

            await released.ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void OnTimer()
    {
        _hurry.Cancel();
        _onTimeout();
    }

    private TimeoutException Stuck(string what) => new($"The stream {what} within the CloseTimeout of {_limit}; it was abandoned.");
}
