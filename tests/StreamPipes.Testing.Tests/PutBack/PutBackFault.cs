using System.Collections.Immutable;

namespace StreamPipes.Testing.Tests.PutBack;

/// <summary>A fault that the library has had.</summary>
/// <param name="edits">What takes its cure out.</param>
internal sealed class PutBackFault(params SourceEdit[] edits)
{
    private const string Close = "Connection/ConnectionClose.cs";
    private const string Lifetime = "Connection/ConnectionLifetime.cs";
    private const string ReceivePump = "Receiving/ReceivePump.cs";
    private const string Writer = "Sending/ConnectionWriter.cs";

    public static readonly PutBackFault IdleTimeoutDuringTheClose = new(new SourceEdit(Lifetime, "if (next != NextStep.None) _limits?.IgnoreIdleness();", ""));

    public static readonly PutBackFault IdleTimeoutOfAPeerHeldUp = new(new SourceEdit(ReceivePump, "_limits?.NoteHeldUp(true);", ""));

    public static readonly PutBackFault AbortWaitsForLastWords = new(new SourceEdit(Lifetime, "_state.TryEscalate()", "false"));

    public static readonly PutBackFault CompletionWaitsForAStuckWrite = new(new SourceEdit(
        Writer,
        """
        if (!_pump.HasEnded) await Task.WhenAny(_pump.Ended, _events.Completion).ConfigureAwait(false);
                if (!_pump.HasEnded) await _events.Completion.ConfigureAwait(false);
        """,
        "if (!_pump.HasEnded) await _pump.Ended.ConfigureAwait(false);"));

    public static readonly PutBackFault ReadFaultIsTheOutputs = new(new SourceEdit("Sending/SendPump.cs", "!hasShutDown && (_isStopped || Error is not null)", "_isStopped || Error is not null"));

    public static readonly PutBackFault SecondDisposeReturnsAtOnce = new(new SourceEdit("PipeStreams/DuplexPipeStream.cs", "_closed!", "Task.CompletedTask"));

    public static readonly PutBackFault EveryFlushIsCompleted = new(new SourceEdit("State/Fault.cs", "!_hasCompletedFlush", "true"));

    public static readonly PutBackFault CompletedInputCancelsTheRead = new(new SourceEdit(ReceivePump, "if (!_discards) Stop(_transport.MayCancelReads);", "if (!_discards) Stop(cancels: true);"));

    public static readonly PutBackFault CloseCancelsTheRead = new(new SourceEdit(Close, "!isImmediate && !_transport.MayCancelReads && _transport.OwnsStream", "false"));

    public static readonly PutBackFault DetachCancelsTheRead = new(new SourceEdit(Lifetime, "_transport.MayCancelReads", "true"));

    public static readonly PutBackFault InputOfAPairIsDisposedEarly = new(new SourceEdit("Transports/StreamTransport.cs", "IsFromPeer(input!)", "false"));

    public static readonly PutBackFault WaitIsFreeBeforeItsResultIsTaken = new(new SourceEdit("Scheduling/PendingOperation.cs", "Volatile.Write(ref _state, ended);", "Volatile.Write(ref _state, Idle);"));

    public static readonly PutBackFault WaitBeginsWithoutALook = new(new SourceEdit("Scheduling/PendingOperation.cs", "!TryClaimSeen()", "true"));

    public static readonly PutBackFault MemoryOfAReaderGoesBack = new(new SourceEdit(
        "Receiving/ConnectionReader.cs",
        "(_state == ReadState.Held || (_state == ReadState.Tentative && !keepsUnread)) && _end != _queue.Consumed",
        "false"));

    public static readonly PutBackFault MemoryOfAWriterGoesBack = new(new SourceEdit(Writer, "if (!isMemoryOut) _queue.Detach();", "_queue.Detach();"));

    public static readonly PutBackFault ReleaseDuringTheLinger = new(
        new SourceEdit(Close, "released.IsCompleted && HavePumpsEnded && _linger.Discarding.IsCompleted", "released.IsCompleted && HavePumpsEnded"),
        new SourceEdit(Close, "Task.WhenAll(released, PumpsEnded, _linger.Discarding)", "Task.WhenAll(released, PumpsEnded)"),
        new SourceEdit(Lifetime, "error = e;", "throw;"));

    public static readonly ImmutableArray<PutBackFault> All =
    [
        IdleTimeoutDuringTheClose, IdleTimeoutOfAPeerHeldUp, AbortWaitsForLastWords, CompletionWaitsForAStuckWrite, ReadFaultIsTheOutputs, SecondDisposeReturnsAtOnce, EveryFlushIsCompleted,
        CompletedInputCancelsTheRead, CloseCancelsTheRead, DetachCancelsTheRead, InputOfAPairIsDisposedEarly, WaitIsFreeBeforeItsResultIsTaken, WaitBeginsWithoutALook, MemoryOfAReaderGoesBack, MemoryOfAWriterGoesBack, ReleaseDuringTheLinger,
    ];

    public IReadOnlyList<SourceEdit> Edits => edits;
}
