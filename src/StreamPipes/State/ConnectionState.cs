using System.Diagnostics;

namespace StreamPipes.State;

/// <summary>
/// What is known of a connection: which directions have ended and how, the first error, and what is to be done next. It holds facts under one
/// lock and does nothing itself.
/// </summary>
internal sealed class ConnectionState
{
    private readonly object _sync = new();
    private readonly bool _isOneWay;
    private Fault? _fault;
    private CloseReason _orderlyReason;
    private bool _receiveEnded;
    private bool _sendEnded;
    private bool _inputCompleted;
    private bool _outputCompleted;
    private bool _remoteClosedFirst;
    private bool _isTruncated;
    private bool _isDetaching;
    private bool _isClosing;
    private bool _isFinished;

    public ConnectionState(bool hasInput, bool hasOutput)
    {
        _isOneWay = !hasInput || !hasOutput;
        _receiveEnded = _inputCompleted = !hasInput;
        _sendEnded = _outputCompleted = !hasOutput;
    }

    public Fault? Fault => Volatile.Read(ref _fault);

    public CloseReason CloseReason
    {
        get
        {
            lock (_sync) return _fault?.Reason ?? _orderlyReason;
        }
    }

    /// <summary>Whether the connection is still of use to this side, so that a peer that is gone is an error.</summary>
    public bool IsReceiving
    {
        get
        {
            lock (_sync) return !_inputCompleted && !_receiveEnded;
        }
    }

    /// <summary>Whether the peer closed its direction before this side stopped reading.</summary>
    public bool HasRemoteClosedFirst
    {
        get
        {
            lock (_sync) return _remoteClosedFirst;
        }
    }

    public bool IsDetaching
    {
        get
        {
            lock (_sync) return _isDetaching;
        }
    }

    public bool IsClosing
    {
        get
        {
            lock (_sync) return _isClosing;
        }
    }

    /// <summary>Keeps the first error, unless the connection has ended.</summary>
    public bool TryFault(CloseReason reason, Exception exception)
    {
        lock (_sync)
        {
            if (_fault is not null || _isFinished) return false;
            Debug.Assert(reason is not (CloseReason.None or CloseReason.LocalClose or CloseReason.RemoteClose or CloseReason.Truncated or CloseReason.Detached), "An orderly end is no fault.");
            Volatile.Write(ref _fault, new Fault(reason, exception, _remoteClosedFirst));
            return true;
        }
    }

    /// <summary>Makes an error immediate that was not, unless the connection has ended.</summary>
    public bool TryEscalate()
    {
        lock (_sync)
        {
            if (_isFinished || _fault is null or { IsImmediate: true }) return false;
            _fault.Escalate();
            return true;
        }
    }

    public void NoteInputCompleted()
    {
        lock (_sync) _inputCompleted = true;
    }

    public void NoteOutputCompleted()
    {
        lock (_sync) _outputCompleted = true;
    }

    /// <param name="isTruncated">Whether the end may have been brought about by an attacker on the way.</param>
    public void NoteEndOfStream(bool isTruncated)
    {
        lock (_sync)
        {
            _remoteClosedFirst = !_inputCompleted;
            _isTruncated = isTruncated;
        }
    }

    public void NoteReceiveEnded()
    {
        lock (_sync)
        {
            Debug.Assert(!_receiveEnded, "A receive pump ends once.");
            _receiveEnded = true;
        }
    }

    public void NoteSendEnded()
    {
        lock (_sync)
        {
            Debug.Assert(!_sendEnded, "A send pump ends once.");
            _sendEnded = true;
        }
    }

    /// <summary>From here on the end of both pumps is no reason to close.</summary>
    public void BeginDetach()
    {
        lock (_sync)
        {
            if (_fault is null && (_isClosing || _isDetaching || _inputCompleted || _outputCompleted))
                throw new InvalidOperationException("An end of the connection has been completed already: there is nothing to continue with. Detach before completing an end.");
            _isDetaching = true;
        }
    }

    public void GiveUpDetach()
    {
        lock (_sync) _isDetaching = false;
    }

    /// <summary>Looks at what has happened. It says <see cref="NextStep.Close"/> once.</summary>
    /// <param name="hasTimedOut">Whether the close has taken as long as it may.</param>
    public NextStep Decide(bool hasTimedOut)
    {
        lock (_sync)
        {
            if (_isClosing) return NextStep.None;
            bool hasReceived = _receiveEnded || _inputCompleted;
            if (_fault is not null)
            {
                // After a write fault the peer's last words are still welcome, for a while.
                _isClosing = _fault.Reason != CloseReason.WriteFault || _fault.IsImmediate || hasReceived || hasTimedOut;
                return _isClosing ? NextStep.Close : NextStep.StartTimer;
            }

            if (_isDetaching) return NextStep.None;
            _isClosing = hasReceived && _sendEnded;
            if (_isClosing) return NextStep.Close;

            // The sender of a one-way writer takes as long as it takes: nothing else waits for it.
            return _inputCompleted && _outputCompleted && !_isOneWay ? NextStep.StartTimer : NextStep.None;
        }
    }

    /// <summary>For the debugger.</summary>
    public override string ToString()
    {
        lock (_sync)
        {
            if (_isFinished || _fault is not null)
            {
                string reason = $"{(_isFinished ? "ended" : "ending")}, {_fault?.Reason ?? _orderlyReason}";
                return _fault is null ? reason : $"{reason} ({_fault.Exception.GetType().Name}: {_fault.Exception.Message})";
            }

            if (_isDetaching) return "being detached";
            if (_isClosing) return "closing";
            if (_isOneWay) return _inputCompleted && _outputCompleted ? "completed" : "open";
            List<string> parts = ["open"];
            if (_receiveEnded && !_inputCompleted) parts.Add("the peer has closed its side");
            if (_inputCompleted) parts.Add("Input completed");
            if (_outputCompleted) parts.Add("Output completed");
            return string.Join(", ", parts);
        }
    }

    /// <summary>Ends the connection, after which it has no more errors.</summary>
    /// <returns>The first error, if there was one before.</returns>
    public Fault? Finish(bool isDetached)
    {
        lock (_sync)
        {
            if (isDetached && _fault is not null) return _fault;
            Debug.Assert(!_isFinished, "A connection ends once.");
            Debug.Assert(isDetached ? _isDetaching : _isClosing, "A connection ends by a close that was decided, or by a detach that was begun.");
            _isFinished = true;
            _orderlyReason = (isDetached, _remoteClosedFirst, _isTruncated) switch
            {
                (true, _, _) => CloseReason.Detached,
                (_, true, true) => CloseReason.Truncated,
                (_, true, _) => CloseReason.RemoteClose,
                _ => CloseReason.LocalClose,
            };
            return _fault;
        }
    }
}
