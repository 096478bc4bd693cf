using System.IO.Pipelines;
using System.Net;
using StreamPipes.Common;
using StreamPipes.Receiving;
using StreamPipes.Scheduling;
using StreamPipes.Sending;
using StreamPipes.State;
using StreamPipes.Transports;

namespace StreamPipes.Connection;

/// <summary>Joins the two directions of a connection: tells both ends what happens to it, and lets the stream go exactly once.</summary>
internal sealed class ConnectionLifetime : IConnectionEvents
{
    private readonly Transport _transport;
    private readonly ConnectionState _state;
    private readonly ConnectionClose _close;
    private readonly ReceivePump? _receive;
    private readonly SendPump? _send;
    private readonly Dialogue? _dialogue;
    private readonly ConnectionReader? _reader;
    private readonly ConnectionWriter? _writer;
    private readonly TimeLimits? _limits;
    private readonly TaskCompletionSource<bool> _completion = Background.NewSource<bool>();
    private int _isDetaching;
    private volatile bool _isDisposed;

    public ConnectionLifetime(Transport transport, PipeConnectionOptions options, ProxyHeader? proxyHeader)
    {
        ProxyHeader = proxyHeader;
        _transport = transport;
        CloseTimeout = options.CloseTimeout;
        _state = new ConnectionState(transport.HasInput, transport.HasOutput);
        Clock clock = Clock = Clock.Of(options);
        if (TimeLimits.IsWanted(options)) _limits = new TimeLimits(clock, options, OnTimedOut);
        if (transport.HasOutput) _send = new SendPump(_state, this, transport, options, _limits);
        if (transport.HasInput && _send is not null) _dialogue = new Dialogue(_send.Signal, transport.NeverBlocks);
        if (_send is not null) _writer = new ConnectionWriter(_state, this, _dialogue, _send, options);
        if (transport.HasInput) _reader = new ConnectionReader(_state, this, _dialogue, transport, options, _limits);
        _receive = _reader?.Pump;
        _close = new ConnectionClose(transport, _receive, _send, clock, options, OnCloseTimeout);
        Metrics.NoteOpened();

        // Last, since a pump may end at once.
        _receive?.Start();
        _limits?.Start();
    }

    /// <summary>What its time limits are measured by.</summary>
    public Clock Clock { get; }

    public TimeSpan CloseTimeout { get; }

    /// <summary>The end that reads, where there are two.</summary>
    public ConnectionReader Reader => _reader!;

    /// <summary>The end that writes, where there are two.</summary>
    public ConnectionWriter Writer => _writer!;

    public PipeReader Input => _reader!;

    public PipeWriter Output => _writer!;

    public Task Completion => _completion.Task;

    public bool IsOneWay => _reader is null || _writer is null;

    public bool CanDetach => _transport.CanDetach;

    public TlsSession? Tls => _transport.Tls;

    /// <summary>What a proxy has said of the client, before the first byte.</summary>
    public ProxyHeader? ProxyHeader { get; }

    public EndPoint? LocalEndPoint => ProxyHeader is { HasAddresses: true } header ? header.Destination : _transport.LocalEndPoint;

    public EndPoint? RemoteEndPoint => ProxyHeader is { HasAddresses: true } header ? header.Source : _transport.RemoteEndPoint;

    public CloseReason CloseReason => _state.CloseReason;

    /// <summary>The first error, if there has been one.</summary>
    public Fault? Fault => _state.Fault;

    public long BytesReceived => _receive?.BytesReceived ?? 0;

    public long BytesSent => _send?.BytesSent ?? 0;

    public void Abort(Exception? reason)
    {
        if (_state.TryFault(CloseReason.Aborted, reason ?? new IOException("The connection was aborted on this side.")) || _state.TryEscalate()) Evaluate();
    }

    public Task ShutdownWritesAsync() => _close.ShutdownWritesAsync(_state);

    public Exception NotAllowed(string what)
    {
        if (_isDisposed) return new ObjectDisposedException(nameof(PipeConnection));
        string when = _state.CloseReason == CloseReason.Detached ? "after the connection has been detached: use the stream that DetachAsync returned"
            : _state.IsDetaching ? "while the connection is being detached"
            : "after this end was completed";
        return new InvalidOperationException($"{what} is not allowed {when}.");
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_transport.LingersAfterShutdown) _receive?.DiscardRest();
        _reader?.Complete();
        _writer?.Complete();
        _send?.TryRunQueued();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Sends what was written, stops both pumps, and gives the stream back without closing anything.</summary>
    public async ValueTask<DetachedStream> DetachAsync(CancellationToken cancellationToken)
    {
        if (!_transport.CanDetach) throw new NotSupportedException("A connection over two one-way streams has no single stream to hand back.");
        cancellationToken.ThrowIfCancellationRequested();
        _reader!.ThrowIfBusy(nameof(DetachAsync));
        if (Interlocked.Exchange(ref _isDetaching, 1) == 1) throw DetachedAlready();
        try
        {
            // Up to here the token can give up and leave the connection as it is; what follows is short, or bounded.
            await _writer!.DrainAsync(cancellationToken).ConfigureAwait(false);
            _state.BeginDetach();
        }
        catch
        {
            Volatile.Write(ref _isDetaching, 0);
            throw;
        }

        try
        {
            return await TakeApartAsync(_reader, _writer, _receive!).ConfigureAwait(false);
        }
        catch
        {
            // Another thread has ended it meanwhile: then it ends in the ordinary way.
            _state.GiveUpDetach();
            Evaluate();
            throw;
        }
    }

    /// <summary>Refuses to be taken over while it is in use, or after one of its ends was completed.</summary>
    public void ThrowUnlessUnused()
    {
        if (Reader.IsCompleted || Writer.IsCompleted) throw NotAllowed("Relaying");
        Reader.ThrowIfBusy("RelayAsync");
    }

    public void OnInputCompleted()
    {
        _state.NoteInputCompleted();

        // Of two streams the other end may be one program, which reads no more once what it writes is not taken.
        if (_transport is { HasSeparateInput: true, LingersAfterShutdown: true }) _receive!.DiscardRest();
        else _receive!.OnReaderCompleted();
        Evaluate();
    }

    public void OnOutputCompleted()
    {
        _state.NoteOutputCompleted();
        _dialogue?.End();
        _receive?.OnDialogueEnded();
        Evaluate();
    }

    public void OnReceiveEnded()
    {
        _state.NoteReceiveEnded();
        if (_transport.HasSeparateInput && _receive!.ReachedEndOfStream) _close.ReleaseInput();
        Evaluate();
    }

    public void OnSendEnded()
    {
        _state.NoteSendEnded();
        Evaluate();
    }

    public override string ToString()
    {
        List<string> parts = [ProxyHeader is null ? $"{_transport}: {_state}" : $"{_transport} ({ProxyHeader}): {_state}"];
        if (_receive is not null) parts.Add($"received {_receive.BytesReceived} bytes, {_receive.Queue.Published - _receive.Queue.Consumed} unread");
        if (_send is not null) parts.Add($"sent {_send.BytesSent} bytes, {_send.Queue.Written - _send.BytesSent} unsent");
        if (_reader is { IsWaiting: true }) parts.Add("a read waits");
        if (_send?.PendingFlush is { IsWaiting: true }) parts.Add("a flush waits");
        return string.Join("; ", parts);
    }

    private async Task<DetachedStream> TakeApartAsync(ConnectionReader reader, ConnectionWriter writer, ReceivePump receive)
    {
        writer.Complete();
        LateRead? late = null;
        if (_transport.MayCancelReads) receive.Stop(cancels: true);
        else late = receive.HandOver();
        if (!await _close.WaitForPumpsAsync(isReadLeft: late is not null, Completion).ConfigureAwait(false))
            OnTimedOut(new TimeoutException("The stream did not end its pending read within the CloseTimeout, so that it cannot be detached."));

        byte[] unread = reader.TakeUnread();

        // A read that did not end, or an abort meanwhile: there is no stream to hand back.
        _state.Fault?.Error.Throw();
        Stream stream;
        try
        {
            // While the connection has not ended yet, and can still end with the error.
            stream = _transport.Detach();
        }
        catch (Exception e)
        {
            _state.TryFault(CloseReason.Aborted, e);
            throw;
        }

        _state.Finish(isDetached: true)?.Error.Throw();
        _limits?.Stop();
        Metrics.NoteDetached();
        if (late is null) _transport.ReleaseTransport();
        else ObservedTask.ObserveLater(ReleaseAfterAsync(receive.Ended));
        Background.TrySetResult(_completion);
        return new DetachedStream(unread.Length == 0 && late is null ? stream : new ReplayStream(stream, unread, late), unread.Length);
    }

    private async Task ReleaseAfterAsync(Task pumpEnded)
    {
        await pumpEnded.ConfigureAwait(false);
        _transport.ReleaseTransport();
    }

    private InvalidOperationException DetachedAlready()
    {
        // A detach that has failed is over: then the error that ended the connection tells more.
        _state.Fault?.Error.Throw();
        return new InvalidOperationException(_state.CloseReason == CloseReason.Detached
            ? "The connection has been detached already: use the stream that DetachAsync returned."
            : "The connection is being detached already: await that call.");
    }

    private void OnTimedOut(TimeoutException timeout)
    {
        if (_state.TryFault(CloseReason.TimedOut, timeout)) Evaluate();
    }

    private void OnCloseTimeout()
    {
        // While closing, what was to be sent is sent: only the peer's own close is missing, which is not waited for any longer.
        if (_state.IsClosing) return;
        _state.TryFault(CloseReason.TimedOut, CloseTimedOut());
        Evaluate(hasTimedOut: true);
    }

    private TimeoutException CloseTimedOut()
    {
        long unsent = _send is null ? 0 : _send.Queue.Written - _send.BytesSent;
        string missing = unsent > 0 ? $"the stream had not taken {unsent} bytes, which are lost" : "the stream had taken every byte, but did not end its flush or half-close";
        return new TimeoutException($"The connection did not close within the CloseTimeout of {CloseTimeout}: {missing}.");
    }

    /// <summary>Does what follows from what has happened.</summary>
    private void Evaluate(bool hasTimedOut = false)
    {
        NextStep next = _state.Decide(hasTimedOut);
        Fault? fault = _state.Fault;
        if (fault is not null)
        {
            _writer?.Wake();
            if (fault.IsImmediate) _reader?.Wake();
        }

        if (next != NextStep.None) _limits?.IgnoreIdleness();
        if (next == NextStep.StartTimer) _close.StartTimer();
        if (next == NextStep.Close) _ = CloseAsync(fault);
        else if (fault is { IsImmediate: true }) _close.Escalate();
    }

    private async Task CloseAsync(Fault? fault)
    {
        Exception? error;
        try
        {
            error = await _close.RunAsync(fault, _state.HasRemoteClosedFirst).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever a transport does that should not throw, the connection ends, and Completion reports it.
            error = e;
        }

        if (_state.Finish(isDetached: false) is { } first) error = ObservedTask.Restore(first.Error);
        _limits?.Stop();
        Metrics.NoteEnded(CloseReason);
        if (error is null)
        {
            Background.TrySetResult(_completion);
            return;
        }

        Background.TrySetException(_completion, error);
        ObservedTask.ObserveLater(Completion);
    }
}
