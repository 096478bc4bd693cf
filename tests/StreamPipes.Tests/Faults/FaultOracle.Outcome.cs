namespace StreamPipes.Tests.Faults;

internal sealed partial class FaultOracle
{
    private FaultOutcome Conclude(bool drainsBefore) => new()
    {
        CloseReason = ForeseenReason(),
        Completion = ForeseenCompletion(),
        Input = ForeseenInput(),
        Received = ForeseenText(),
        Output = _outputDone || _finale == FaultFinale.UserFinishesOutput || IsTakenApart ? AfterCompletion : _culprit,
        IsDisposed = !_isDetached,
        Written = ForeseenWritten(),
        Drain = ForeseenDrain(drainsBefore),
        Flush = ForeseenFlush(),
        Detach = ForeseenDetach(),
    };

    private bool IsOrderly => _culprit == Met.Anything;

    /// <summary>What the use of an end says that was completed.</summary>
    private Met AfterCompletion => _isDisposed ? Met.Disposed : Met.InvalidOperation;

    private CloseReason ForeseenReason()
    {
        if (!IsOrderly) return _reason;
        if (_isDetached) return CloseReason.Detached;
        return _peerClosed ? CloseReason.RemoteClose : CloseReason.LocalClose;
    }

    private Met ForeseenCompletion()
    {
        if (!IsOrderly) return _culprit;
        if (_case.Operation == FaultOperation.Dispose && _case.Throws) return Met.Injected;
        return _case.Fault == StreamFault.HangsForEver ? Met.Timeout : Met.Success;
    }

    private Met ForeseenInput()
    {
        if (_inputDone || IsTakenApart) return AfterCompletion;
        return IsOrderly ? Met.End : _culprit;
    }

    /// <summary>Bytes come before an end and before a fault of the stream. An abort drops them; a detach replays them.</summary>
    private string ForeseenText()
    {
        string unread = _case.HasTraffic ? FaultTexts.Unread : "";
        if (_isDetached) return unread;
        if (_inputDone || IsTakenApart) return "";
        return _reason switch
        {
            CloseReason.WriteFault => unread + FaultTexts.LastWords,
            CloseReason.ReadFault or CloseReason.None => unread,
            _ => "",
        };
    }

    /// <summary>Every byte once, in the order in which the user wrote them.</summary>
    private string ForeseenWritten()
    {
        string written = _case.HasTraffic ? FaultTexts.Sent : "";
        if (IsTailWritten) written += FaultTexts.Tail;
        if (_case.IsRead && _case.Phase == FaultPhase.PendingRead && IsOrderly) written += FaultTexts.MoreThanFits;
        if (_finale == FaultFinale.UserFinishesOutput) written += FaultTexts.Later;
        return written;
    }

    private bool IsTailWritten => _case.Operation switch
    {
        FaultOperation.Write => false,
        FaultOperation.Flush => true,
        FaultOperation.HalfClose => _case.Phase is FaultPhase.OutputDrain or FaultPhase.Dispose,
        FaultOperation.Dispose => _case.Phase is FaultPhase.Dispose,
        _ => IsTakenApart || (IsOrderly && _case.Phase is FaultPhase.PendingFlushThrough or FaultPhase.OutputDrain or FaultPhase.Dispose),
    };

    private Met ForeseenDrain(bool drainsBefore)
    {
        bool isOfPhase = _case.Phase == FaultPhase.OutputDrain
            || (_case.Operation is FaultOperation.Dispose or FaultOperation.HalfClose && _case.Phase is not (FaultPhase.Dispose or FaultPhase.AfterAbort));
        bool isAwaited = isOfPhase || _case.Action == UserAction.OutputComplete || _finale == FaultFinale.UserFinishesOutput;
        if (!isAwaited) return Met.Anything;

        // Nothing was in its way before the fault came.
        if (drainsBefore || (_case.Operation == FaultOperation.Dispose && isOfPhase)) return Met.Success;
        return IsOrderly ? Met.Success : _culprit;
    }

    private Met ForeseenFlush()
    {
        bool isPending = _case.Phase == FaultPhase.PendingFlushThrough || (_case.Phase == FaultPhase.PendingRead && (_case.IsRead || _case.IsSend));
        if (!isPending) return Met.Anything;
        return _case.Action switch
        {
            UserAction.CancelTokens => Met.TokenCancelled,
            UserAction.CancelPending => Met.ResultCancelled,

            // Completed or disposed: what was written is sent all the same, and the flush ends with it.
            _ => IsOrderly ? Met.Success : _culprit,
        };
    }

    private Met ForeseenDetach()
    {
        if (_case.Phase != FaultPhase.Detach) return Met.Anything;
        if (_isDetached) return Met.Success;
        if (IsTakenApart) return _case.Action is UserAction.InputComplete or UserAction.DisposeAsync ? AfterCompletion : _culprit;
        if (_case.Action == UserAction.CancelTokens) return Met.TokenCancelled;
        return _culprit;
    }
}
