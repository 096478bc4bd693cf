#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Faults;

internal sealed partial class FaultRun
{
    /// <summary>One write and one flush; and one read, of which the user has seen everything and taken a part.</summary>
    private async Task ExchangeAsync()
    {
        await _connection.Output.WriteTextAsync(FaultTexts.Sent);
        await _outputStream.Flushed.Guarded();
        _inputStream.Receive(FaultTexts.Taken + FaultTexts.Unread);
        ReadResult result = await _connection.Input.ReadAtLeastAsync(FaultTexts.Taken.Length + FaultTexts.Unread.Length).Guarded();
        _connection.Input.AdvanceTo(result.Buffer.GetPosition(FaultTexts.Taken.Length), result.Buffer.End);
    }

    private async Task EnterPhaseAsync()
    {
        if (_case.HoldsWrites) _outputStream.HoldWrites();
        switch (_case.Phase)
        {
            case FaultPhase.PendingRead when _case.Operation == FaultOperation.HalfClose:
                _read = _connection.Input.ReadAsync(_source.Token).AsTask();
                _drain = _connection.Output.CompleteAsync().AsTask();
                break;
            case FaultPhase.PendingRead:
                _read = _connection.Input.ReadAsync(_source.Token).AsTask();
                if (_case.Operation == FaultOperation.Flush) await CauseCallAsync();
                _flush = _connection.Output.WriteAsync(Encoding.ASCII.GetBytes(FaultTexts.MoreThanFits), _source.Token).AsTask();
                _flush.IsCompleted.Should().BeFalse();
                break;
            case FaultPhase.PendingFlushThrough:
                _flush = _connection.Output.WriteAsync(Encoding.ASCII.GetBytes(FaultTexts.Tail), _source.Token).AsTask();
                break;
            case FaultPhase.OutputDrain:
                PutTail();
                _drain = _connection.Output.CompleteAsync().AsTask();
                break;
            case FaultPhase.Dispose:
                PutTail();
                _dispose = _connection.DisposeAsync().AsTask();
                break;
            case FaultPhase.Detach:
                PutTail();
                _detach = _connection.DetachAsync(_source.Token).AsTask();
                break;
            default:
                await CauseCallAsync();
                break;
        }
    }

    private async Task CauseCallAsync()
    {
        if (_case.IsSend)
        {
            await _connection.Output.WriteTextAsync(FaultTexts.Tail);

            // Not before: else what the user writes next would be in the same write.
            await _point.Called.Guarded();
        }
        else if (!_case.IsRead && _case.Phase == FaultPhase.AfterAbort)
        {
            _connection.Abort(_abortReason);
        }
        else if (!_case.IsRead)
        {
            if (_case.Operation == FaultOperation.Dispose) _connection.Input.Complete();
            _drain = _connection.Output.CompleteAsync().AsTask();
        }
    }

    private async Task ActAsync()
    {
        switch (_case.Action)
        {
            case UserAction.Abort:
                _connection.Abort(_abortReason);
                break;
            case UserAction.DisposeAsync:
                _dispose = _connection.DisposeAsync().AsTask();
                break;
            case UserAction.InputComplete:
                _connection.Input.Complete(new IOException("of no interest to anybody"));
                break;
            case UserAction.OutputComplete:
                await CompleteOutputAsync();
                break;
            case UserAction.OutputCompleteWithError:
                _connection.Output.Complete(_outputError);
                break;
            case UserAction.CancelTokens:
                await CancelTokensAsync();
                break;
            case UserAction.CancelPending:
                await CancelPendingAsync();
                break;
        }
    }

    private async Task CompleteOutputAsync()
    {
        Task drain = _connection.Output.CompleteAsync().AsTask();
        _drain ??= drain;

        // Nothing is in its way: let it come first.
        if (_case.IsRead && !_case.HoldsWrites && _case.Phase is FaultPhase.FirstCall or FaultPhase.AfterBytes or FaultPhase.Detach) await drain.Guarded();
    }

    private async Task CancelTokensAsync()
    {
        if (_case.Phase is not (FaultPhase.Detach or FaultPhase.Dispose)) _read ??= _connection.Input.ReadAsync(_source.Token).AsTask();
        await _source.CancelAsync();
        if (_read is not null && await MetByAsync(_read) is var met && !IsOver) met.Should().Be(Met.TokenCancelled, "that was a wait for a read");
        _read = null;
        if (_flush is not null) _metByFlush = await MetByAsync(_flush);
    }

    private async Task CancelPendingAsync()
    {
        _owesCancelledRead = _case.Phase == FaultPhase.Detach;
        if (_case.Phase is not (FaultPhase.Detach or FaultPhase.Dispose)) _read ??= _connection.Input.ReadAsync().AsTask();
        _connection.Input.CancelPendingRead();
        if (_flush is not null) _connection.Output.CancelPendingFlush();
        if (_read is not null && await MetByAsync(_read) is var met && !IsOver) met.Should().Be(Met.ResultCancelled, "that was a wait for a read");
        if (_read is { IsCompletedSuccessfully: true }) _connection.Input.AdvanceTo((await _read).Buffer.Start, (await _read).Buffer.End);
        _read = null;
        if (_flush is not null) _metByFlush = await MetByAsync(_flush);
    }

    /// <summary>Waits until a fault of a write has come through: the next flush throws it, or whatever else waits for the bytes.</summary>
    private async Task SeeFaultAsync()
    {
        if (_detach is not null) await MetByAsync(_detach);
        if (_flush is not null && _metByFlush == Met.Anything) _metByFlush = await MetByAsync(_flush);
        if (_drain is not null) await MetByAsync(_drain);
        else await Task.Run(FlushUntilRefusedAsync).Guarded();
    }

    private async Task FlushUntilRefusedAsync()
    {
        while (await MetByAsync(_connection.Output.FlushAsync().AsTask()) is Met.Success or Met.ResultCancelled) await Task.Yield();
    }

    /// <summary>Whether reads are refused before the action already.</summary>
    private bool IsOver => _case.Phase == FaultPhase.AfterAbort || _case.Operation == FaultOperation.Dispose;

    private void PutTail() => _connection.Output.Put(Encoding.ASCII.GetBytes(FaultTexts.Tail));
}
#endif
