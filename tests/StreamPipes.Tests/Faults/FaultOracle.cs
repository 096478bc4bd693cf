namespace StreamPipes.Tests.Faults;

/// <summary>
/// Foretells the end of a case from the lifetime table (docs/concepts.md): what came first wins, a read fault and an abort end the
/// connection at once, a write fault when reading has ended, and everything else lives on.
/// </summary>
internal sealed partial class FaultOracle
{
    private readonly FaultCase _case;
    private Met _culprit;
    private CloseReason _reason = CloseReason.None;
    private bool _inputDone;
    private bool _outputDone;
    private bool _isDisposed;
    private bool _isDetached;
    private bool _peerClosed;
    private FaultFinale _finale;

    private FaultOracle(FaultCase @case) => _case = @case;

    /// <summary>Whether a detach has sent everything and is stopping the pumps: from then on both ends are taken.</summary>
    private bool IsTakenApart => _case.Phase == FaultPhase.Detach && _case.IsRead;

    public static FaultPrediction Predict(FaultCase @case)
    {
        FaultOracle oracle = new(@case);
        oracle.EnterPhase();
        oracle.Act();
        bool drainsBefore = oracle.IsOrderly && @case.IsRead && !@case.HoldsWrites;
        oracle.MeetFault();
        bool livesOn = oracle.IsOrderly;
        if (oracle._finale == FaultFinale.UserAborts) oracle.Fail(CloseReason.Aborted, Met.AbortReason);
        return new FaultPrediction(oracle._finale, livesOn && oracle._finale != FaultFinale.UserAborts, oracle.Conclude(drainsBefore));
    }

    private void EnterPhase()
    {
        switch (_case.Phase)
        {
            case FaultPhase.Dispose:
                Dispose();
                break;
            case FaultPhase.AfterAbort:
                Fail(CloseReason.Aborted, Met.AbortReason);
                break;
            case FaultPhase.Detach:
                _outputDone = IsTakenApart;
                break;
            default:
                _inputDone = _case.Operation == FaultOperation.Dispose;
                _outputDone = _case.Operation is FaultOperation.Dispose or FaultOperation.HalfClose || _case.Phase == FaultPhase.OutputDrain;
                break;
        }
    }

    private void Act()
    {
        switch (_case.Action)
        {
            case UserAction.Abort:
                Fail(CloseReason.Aborted, Met.AbortReason);
                break;
            case UserAction.OutputCompleteWithError:
                if (!_outputDone) Fail(CloseReason.Aborted, Met.OutputError);
                _outputDone = true;
                break;
            case UserAction.DisposeAsync:
                Dispose();
                break;
            case UserAction.InputComplete:
                _inputDone = true;
                break;
            case UserAction.OutputComplete:
                _outputDone = true;
                break;
        }
    }

    /// <summary>What the fault does to a connection that is still without an error.</summary>
    private void MeetFault()
    {
        if (!IsOrderly) return;
        if (_case.IsRead) MeetReadFault();
        else if (_case.Operation != FaultOperation.Dispose) MeetSendFault();
    }

    private void MeetReadFault()
    {
        if (IsTakenApart)
        {
            if (_case.Hangs) TimeOut();
            else _isDetached = !_inputDone;
            _inputDone = true;
        }
        else if (_inputDone)
        {
            // A read that was stopped may end as it likes.
            _finale = _outputDone ? FaultFinale.None : FaultFinale.UserFinishesOutput;
        }
        else if (_case.Throws || (_case.Lies && _case.Operation == FaultOperation.Read))
        {
            Fail(CloseReason.ReadFault, Met.Injected);
        }
        else if (_case.Fault == StreamFault.ReturnsZero)
        {
            _peerClosed = true;
            _finale = _outputDone ? FaultFinale.None : FaultFinale.UserFinishesOutput;
        }
        else
        {
            // It hangs, or it lies about bytes that an empty read has no room for: nothing has happened.
            _finale = FaultFinale.UserAborts;
        }
    }

    private void MeetSendFault()
    {
        if (_case.Throws)
        {
            Fail(CloseReason.WriteFault, Met.Injected);
            if (!_inputDone) _finale = FaultFinale.PeerCloses;
        }
        else if (_inputDone && _outputDone)
        {
            TimeOut();
        }
        else
        {
            _finale = FaultFinale.UserAborts;
        }
    }

    private void Dispose() => _isDisposed = _inputDone = _outputDone = true;

    private void TimeOut() => Fail(CloseReason.TimedOut, Met.Timeout);

    private void Fail(CloseReason reason, Met culprit)
    {
        if (IsOrderly) (_reason, _culprit) = (reason, culprit);
    }
}
