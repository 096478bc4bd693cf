using System.Buffers;

namespace StreamPipes.Internal;

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
    private readonly Action _onTimeout;
    private readonly CancellationTokenSource _hurry = new();
    private readonly object _sync = new();
    private OneShotTimer? _timer;
    private bool _isOver;
    private bool _hasShutDown;

    public ConnectionClose(Transport transport, ReceivePump? receive, SendPump? send, Clock clock, TimeSpan limit, Action onTimeout)
    {
        _transport = transport;
        _receive = receive;
        _send = send;
        _clock = clock;
        _limit = limit;
        _releaseLimit = _limit >= TimeSpan.Zero && _limit < LeastReleaseLimit ? LeastReleaseLimit : _limit;
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
                // A stream that cannot be stopped in a read is quiet at least, as long as the read gets nothing.
                await _clock.WaitAsync(_receive.Gate.HoldAsync(), _limit).ConfigureAwait(false);
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

    /// <returns>Whether both pumps ended in time.</returns>
    public Task<bool> WaitForPumpsAsync() => _clock.WaitAsync(PumpsEnded, _releaseLimit);

    public void ReleaseInput() => FaultedTask.ObserveLater(_transport.CloseInputAsync());

    /// <summary>An abort while an orderly close is under way.</summary>
    public void Hurry()
    {
        _transport.Reset();
        _hurry.Cancel();
    }

    /// <returns>What went wrong with letting the stream go.</returns>
    public async Task<Exception?> RunAsync(Fault? fault, bool endOfStream)
    {
        if (fault is null && _hasShutDown && !endOfStream && _transport.LingersAfterShutdown) await LingerAsync().ConfigureAwait(false);
        if (fault is { IsImmediate: true }) _transport.Reset();
        _receive?.Stop();
        _send?.Stop();
        Task released = Released();
        bool inTime = await _clock.WaitAsync(Task.WhenAll(released, PumpsEnded), _releaseLimit).ConfigureAwait(false);
        StopTimer();
        if (inTime) _transport.ReleaseTransport();
        return inTime ? released.Exception?.InnerException : Stuck();
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
        StartTimer();
        if (_receive is not null && !await _clock.WaitAsync(_receive.Ended, _limit).ConfigureAwait(false)) return;
        using IMemoryOwner<byte> scrap = BlockPool.Shared.Rent();
        try
        {
            while (await ReadOrGiveUpAsync(scrap.Memory).ConfigureAwait(false) > 0)
            {
                // Nobody wants these bytes any more.
            }
        }
        catch (Exception)
        {
            // Everything was sent, and nobody reads: how the peer leaves, or that it does not, changes nothing any more.
        }
    }

    private async Task<int> ReadOrGiveUpAsync(Memory<byte> scrap)
    {
        Task<int> read = _transport.ReadAsync(scrap, _hurry.Token).AsTask();
        while (!await _clock.WaitAsync(read, QuietInterval).ConfigureAwait(false))
        {
            if (_transport.IsEverythingDelivered) _hurry.Cancel();
        }

        return await read.ConfigureAwait(false);
    }

    private Task Released()
    {
        Task released = _transport.CloseAsync();
        FaultedTask.ObserveLater(released);
        return released;
    }

    private TimeoutException Stuck() => new($"The stream was not let go within the CloseTimeout of {_limit}: its dispose, a read or a write does not end. It was abandoned.");

    private void OnTimer()
    {
        _hurry.Cancel();

        // After the half-close nothing is unsent: only the linger, which may not have begun yet, ends here.
        if (!Volatile.Read(ref _hasShutDown)) _onTimeout();
    }
}
