#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Tests.Lifetime;
using StreamPipes.Tests.Memory;

namespace StreamPipes.Tests.Faults;

/// <summary>Plays a case: the phase up to the call that goes wrong, the user's action while it is under way, the fault, and what follows.</summary>
internal sealed partial class FaultRun
{
    private readonly FaultCase _case;
    private readonly FaultPoint _point;
    private readonly FaultStream _inputStream;
    private readonly FaultStream _outputStream;
    private readonly PipeConnection _connection;
    private readonly ManualTimeProvider _clock = new();
    private readonly WatchedPool _pool;
    private readonly CancellationTokenSource _source = new();
    private readonly IOException _abortReason = new("aborted by the user");
    private readonly IOException _outputError = new("the source of the message broke");
    private Task<ReadResult>? _read;
    private Task<FlushResult>? _flush;
    private Task<DetachedStream>? _detach;
    private Task? _drain;
    private Task? _dispose;
    private Met _metByFlush;

    private FaultRun(FaultCase @case, PoolKind kind)
    {
        _case = @case;
        _pool = new WatchedPool(kind);
        FaultOperation operation = @case.Operation == FaultOperation.HalfClose ? FaultOperation.Dispose : @case.Operation;
        _point = new FaultPoint(operation, @case.Fault, @case.HasTraffic);
        _outputStream = new FaultStream(_point);
        _inputStream = @case.Operation == FaultOperation.HalfClose ? new FaultStream(point: null) : _outputStream;
        PipeOptions pipes = _pool.Pipes(pause: 1024);
        _connection = StreamConnection.Create(_inputStream, _outputStream, new PipeConnectionOptions
        {
            ReceivePipeOptions = pipes,
            SendPipeOptions = pipes,
            TimeProvider = _clock,
            CloseTimeout = Clockwork.CloseTimeout,
            Scheduling = @case.Scheduling,
            MinimumReadSize = _pool.MinimumReadSize,
            SurvivesCanceledReads = @case.Bears,
            UseZeroByteReads = @case.Operation == FaultOperation.ZeroByteRead,
            FlushThrough = @case.Phase == FaultPhase.PendingFlushThrough,
        });
    }

    public static async Task<FaultOutcome> PlayAsync(FaultCase @case, FaultPrediction prediction, PoolKind kind = PoolKind.Blocks4096)
    {
        FaultRun run = new(@case, kind);
        try
        {
            return await run.PlayAsync(prediction);
        }
        finally
        {
            run._point.Release();
            run._connection.Abort();
            run._point.Abandon();
            run._source.Dispose();
        }
    }

    private async Task<FaultOutcome> PlayAsync(FaultPrediction prediction)
    {
        if (_case.HasTraffic) await ExchangeAsync();

        // A pump that a dispose or a detach has stopped before its next read makes none.
        if (_case.IsRead) await _point.Called.Guarded();
        await EnterPhaseAsync();
        await _point.Called.Guarded();
        if (_case.Phase == FaultPhase.AfterAbort) _connection.Abort(_abortReason);
        _point.HasBlocked.Should().Be(_case.Blocks);
        if (_case.Phase is FaultPhase.Detach or FaultPhase.Dispose && _case.IsRead) await WaitForStopAsync();
        await ActAsync();
        _point.Release();
        await FinishAsync(prediction);
        FaultOutcome outcome = await LookAsync();
        await LeaveAsync();
        return outcome;
    }

    /// <summary>
    /// A read that blocks, or that must not be cancelled, is told nothing: the dispose has stopped its pump when it returns, and the detach then begins to wait for it.
    /// </summary>
    private async Task WaitForStopAsync()
    {
        if (!_case.Bears) return;
        if (!_case.Blocks) await _point.Stopped.Guarded();
        else if (_case.Phase == FaultPhase.Detach) await _clock.WaitForTimersAsync(1).Guarded();
    }

    private async Task FinishAsync(FaultPrediction prediction)
    {
        if (prediction.LivesOn) _outputStream.ReleaseWrites();
        switch (prediction.Finale)
        {
            case FaultFinale.PeerCloses:
                await SeeFaultAsync();
                _inputStream.Receive(FaultTexts.LastWords);
                _inputStream.ReceiveEnd();
                break;
            case FaultFinale.UserFinishesOutput:
                _connection.CloseReason.Should().Be(CloseReason.None);
                if (_flush is not null) _metByFlush = await MetByAsync(_flush);
                _connection.Output.Put(Encoding.ASCII.GetBytes(FaultTexts.Later));
                _drain = _connection.Output.CompleteAsync().AsTask();
                break;
            case FaultFinale.UserAborts:
                _connection.CloseReason.Should().Be(CloseReason.None);
                _connection.Completion.IsCompleted.Should().BeFalse();
                _connection.Abort(_abortReason);
                break;
        }

        await LetTimePassAsync(prediction);
    }

    /// <summary>The time limits pass one by one, and none that is not foretold to.</summary>
    private async Task LetTimePassAsync(FaultPrediction prediction)
    {
        if (prediction.Outcome.CloseReason == CloseReason.TimedOut)
        {
            await _clock.WaitForTimersAsync(1).Guarded();
            _clock.Advance(Clockwork.CloseTimeout);
        }

        if (_case.Fault == StreamFault.HangsForEver)
        {
            await _inputStream.Disposed.Guarded();
            await _outputStream.Disposed.Guarded();
            await _clock.AdvanceUntilAsync(_connection.Completion);
        }

        await Task.WhenAny(_connection.Completion).Guarded();
    }

    /// <summary>Whatever has happened, a dispose ends everything, no timer stays, and the pool gets back what the stream has not kept.</summary>
    private async Task LeaveAsync()
    {
        if (_dispose is not null) await _dispose.Guarded();
        await _connection.DisposeAsync().Guarded();
        _clock.ArmedTimers.Should().Be(0);
        if (_case.Fault == StreamFault.HangsForEver) _pool.AssertUnharmed();
        else if (_pool.Rented > 0) _pool.AssertClean();
    }
}
#endif
