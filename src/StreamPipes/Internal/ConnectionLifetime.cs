using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>
/// Joins the two directions of a connection: knows what has ended and why, keeps the first error, and lets the stream go exactly once.
/// </summary>
internal sealed class ConnectionLifetime
{
    private readonly object _sync = new();
    private readonly Transport _transport;
    private readonly ConnectionClose _close;
    private readonly ReceivePump? _receive;
    private readonly SendPump? _send;
    private readonly ConnectionReader? _reader;
    private readonly ConnectionWriter? _writer;
    private readonly ActivityWatch? _watch;
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Fault? _fault;
    private CloseReason _orderlyReason;
    private bool _receiveEnded;
    private bool _sendEnded;
    private bool _inputCompleted;
    private bool _outputCompleted;
    private bool _remoteClosedFirst;
    private bool _isClosing;
    private bool _isFinished;
    private volatile bool _isDetaching;
    private volatile bool _isDisposed;

    public ConnectionLifetime(Transport transport, PipeConnectionOptions? options)
    {
        options ??= PipeConnectionOptions.Default;
        _transport = transport;
        _receiveEnded = _inputCompleted = !transport.HasInput;
        _sendEnded = _outputCompleted = !transport.HasOutput;
        Clock clock = Clock.Of(options);
        if (ActivityWatch.IsWanted(options)) _watch = new ActivityWatch(clock, options, OnTimedOut);
        if (transport.HasInput) _receive = new ReceivePump(this, transport, options, _watch);
        if (transport.HasOutput) _send = new SendPump(this, transport, options, _watch);
        if (_receive is not null) _reader = new ConnectionReader(this, _receive);
        if (_send is not null) _writer = new ConnectionWriter(this, _send, options);
        _close = new ConnectionClose(transport, _receive, _send, clock, options.CloseTimeout, OnCloseTimeout);
        Connection = new PipeConnection(this);

        // Last, since a pump may end at once.
        _send?.Start();
        _receive?.Start();
        _watch?.Start();
    }

    public PipeConnection Connection { get; }

    public PipeReader Input => _reader!;

    public PipeWriter Output => _writer!;

    public Task Completion => _completion.Task;

    public bool IsOneWay => _reader is null || _writer is null;

    public bool CanDetach => _transport.CanDetach;

#if NET
    public TlsSession? Tls => _transport.Tls;
#endif

    public Fault? Fault => Volatile.Read(ref _fault);

    public long BytesReceived => _receive?.BytesReceived ?? 0;

    public long BytesSent => _send?.BytesSent ?? 0;

    public CloseReason CloseReason
    {
        get
        {
            lock (_sync) return _fault?.Reason ?? _orderlyReason;
        }
    }

    /// <summary>Keeps the first error, unless the connection has ended. It wakes nobody: <see cref="Evaluate"/> does.</summary>
    public bool TryFault(CloseReason reason, Exception exception)
    {
        lock (_sync)
        {
            if (_fault is not null || _isFinished) return false;
            Volatile.Write(ref _fault, new Fault(reason, exception));
            return true;
        }
    }

    public void Abort(Exception? reason)
    {
        if (TryFault(CloseReason.Aborted, reason ?? new IOException("The connection was aborted on this side."))) Evaluate();
    }

    public void SendBeforeWaiting() => _send?.RunClaimed();

    /// <summary>Whether the connection is still of use to this side, so that a peer that is gone is an error.</summary>
    public bool IsReceiving
    {
        get
        {
            lock (_sync) return !_inputCompleted && !_receiveEnded;
        }
    }

    public Task ShutdownWritesAsync() => _close.ShutdownWritesAsync(this);

    public Exception NotAllowed(string what) => _isDisposed
        ? new ObjectDisposedException(nameof(PipeConnection))
        : new InvalidOperationException($"{what} is not allowed after this end was completed.");

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _reader?.Complete();
        _writer?.Complete();
        _send?.RunClaimed();
        await Task.WhenAny(Completion).ConfigureAwait(false);
    }

    public void OnInputCompleted()
    {
        lock (_sync) _inputCompleted = true;
        _receive!.Stop();
        if (_transport.HasSeparateInput) _close.ReleaseInput();
        Evaluate();
    }

    public void OnOutputCompleted()
    {
        lock (_sync) _outputCompleted = true;
        Evaluate();
    }

    public void OnReceiveEnded(bool endOfStream)
    {
        lock (_sync)
        {
            _receiveEnded = true;
            _remoteClosedFirst = endOfStream && !_inputCompleted;
        }

        if (_transport.HasSeparateInput) _close.ReleaseInput();
        Evaluate();
    }

    public void OnSendEnded()
    {
        lock (_sync) _sendEnded = true;
        Evaluate();
    }

    /// <summary>Whether the pumps are being stopped to leave the stream as it is.</summary>
    public bool IsDetaching => _isDetaching;

    public ValueTask<DetachedStream> DetachAsync(CancellationToken cancellationToken) => _transport.CanDetach
        ? ConnectionDetach.RunAsync(this, _reader!, _writer!, cancellationToken)
        : throw new NotSupportedException("A connection over two one-way streams has no single stream to hand back.");

    public void BeginDetach()
    {
        lock (_sync)
        {
            if (_fault is null && (_isClosing || _inputCompleted || _outputCompleted)) throw new InvalidOperationException("An end of the connection has been completed already: there is nothing to go on with. Detach before completing an end.");
            _isDetaching = true;
        }
    }

    /// <summary>Ends both pumps and leaves the stream alone; if it does not let them go in time, the connection is aborted.</summary>
    public async Task StopPumpsAsync()
    {
        _receive!.Stop();
        if (await _close.WaitForPumpsAsync().ConfigureAwait(false)) return;
        OnTimedOut(new TimeoutException("The stream did not end its pending read within the CloseTimeout, so that it cannot be detached."));
    }

    public Stream FinishDetach(byte[] unread)
    {
        lock (_sync)
        {
            if (_fault is null)
            {
                _isFinished = true;
                _orderlyReason = CloseReason.Detached;
            }
        }

        if (_fault is { } fault) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(fault.Exception).Throw();
        _watch?.Stop();
        _transport.ReleaseTransport();
        Stream stream = _transport.Detach();
        _completion.TrySetResult(true);
        return unread.Length == 0 ? stream : new ReplayStream(unread, stream);
    }

    private void OnTimedOut(TimeoutException timeout)
    {
        if (TryFault(CloseReason.TimedOut, timeout)) Evaluate();
    }

    private void OnCloseTimeout()
    {
        lock (_sync)
        {
            // What was to be sent is sent: only the peer's own close is missing, and nobody waits for it any longer.
            if (_isClosing) return;
        }

        TryFault(CloseReason.TimedOut, new TimeoutException("The connection did not close within its CloseTimeout: what was still unsent is lost."));
        Evaluate(hasTimedOut: true);
    }

    /// <summary>Looks at what has happened and does what follows from it, outside the lock.</summary>
    private void Evaluate(bool hasTimedOut = false)
    {
        Fault? fault;
        bool close = false;
        bool startTimer = false;
        lock (_sync)
        {
            fault = _fault;
            bool hasReceived = _receiveEnded || _inputCompleted;
            bool isBroken = fault is not null && (fault.Reason != CloseReason.WriteFault || hasReceived || hasTimedOut);
            if (!_isClosing && (fault is not null || !_isDetaching))
            {
                close = isBroken || (fault is null && hasReceived && _sendEnded);
                startTimer = !close && (fault is not null || (_inputCompleted && _outputCompleted && !IsOneWay));
                _isClosing = close;
            }
        }

        if (fault is not null) WakeEnds(fault);
        if (startTimer) _close.StartTimer();
        if (close) _ = CloseAsync(fault);
        else if (fault is { IsImmediate: true }) _close.Hurry();
    }

    private void WakeEnds(Fault fault)
    {
        _writer?.Wake();
        if (fault.IsImmediate) _reader?.Wake();
    }

    private async Task CloseAsync(Fault? fault)
    {
        bool endOfStream;
        lock (_sync) endOfStream = _remoteClosedFirst;
        Exception? error = await _close.RunAsync(fault, endOfStream).ConfigureAwait(false);
        lock (_sync)
        {
            _isFinished = true;
            _orderlyReason = _remoteClosedFirst ? CloseReason.RemoteClose : CloseReason.LocalClose;
            error = _fault?.Exception ?? error;
        }

        _watch?.Stop();
        if (error is null)
        {
            _completion.TrySetResult(true);
            return;
        }

        _completion.TrySetException(error);
        FaultedTask.Observe(Completion);
    }
}
