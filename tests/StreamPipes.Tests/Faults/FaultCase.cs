namespace StreamPipes.Tests.Faults;

/// <summary>
/// One call that goes wrong in one way in one phase, while the user does one thing, under pumps that wait or that block, over a stream that is known to bear a
/// cancelled read, or is not.
/// </summary>
internal sealed record FaultCase(FaultOperation Operation, StreamFault Fault, FaultPhase Phase, UserAction Action, PumpScheduling Scheduling, bool Bears = true)
{
    /// <summary>Every combination there is.</summary>
    public static IReadOnlyList<FaultCase> All { get; } =
    [
        .. from operation in Enum.GetValues<FaultOperation>()
           from fault in Enum.GetValues<StreamFault>()
           from phase in Enum.GetValues<FaultPhase>()
           from action in Enum.GetValues<UserAction>()
           from scheduling in new[] { PumpScheduling.Default, PumpScheduling.ThreadPool, PumpScheduling.DedicatedThreads }
           from bears in new[] { true, false }
           let candidate = new FaultCase(operation, fault, phase, action, scheduling, bears)
           where candidate.CanHappen
           select candidate,
    ];

    public bool IsRead => Operation is FaultOperation.Read or FaultOperation.ZeroByteRead;

    public bool IsSend => Operation is FaultOperation.Write or FaultOperation.Flush;

    public bool Throws => Fault < StreamFault.ReturnsZero;

    public bool Lies => Fault is StreamFault.ReturnsNegative or StreamFault.ReturnsTooMuch;

    public bool Hangs => Fault is StreamFault.HangsUntilDispose or StreamFault.HangsForEver;

    public bool HasTraffic => Phase != FaultPhase.FirstCall;

    /// <summary>Whether a read goes wrong while a write is stuck, which is let go only if the connection lives on.</summary>
    public bool HoldsWrites => IsRead && Phase is (FaultPhase.PendingRead or FaultPhase.PendingFlushThrough or FaultPhase.OutputDrain or FaultPhase.Dispose);

    /// <summary>Whether the pumps have threads of their own, and call what blocks.</summary>
    public bool HasThreads => Scheduling == PumpScheduling.DedicatedThreads;

    /// <summary>Whether the call is the blocking one, which nothing but the dispose can stop.</summary>
    public bool Blocks => HasThreads && (IsRead || IsSend);

    private bool CanHappen => FaultFits && PhaseFits && SchedulingFits && BearingFits;

    /// <summary>Only a read returns something, an empty one returns 0 anyhow, and a dispose that waits for the dispose waits for ever.</summary>
    private bool FaultFits => Fault switch
    {
        StreamFault.ReturnsZero => Operation == FaultOperation.Read,
        StreamFault.ReturnsNegative or StreamFault.ReturnsTooMuch => IsRead,
        StreamFault.HangsUntilDispose => IsRead || IsSend,
        _ => true,
    };

    /// <summary>A detach disposes nothing and is refused to two streams; a stream is disposed only when nobody waits and everything is drained.</summary>
    private bool PhaseFits => Phase switch
    {
        FaultPhase.PendingRead or FaultPhase.OutputDrain => Operation != FaultOperation.Dispose,
        FaultPhase.PendingFlushThrough or FaultPhase.Detach => IsRead || IsSend,
        _ => true,
    };

    /// <summary>
    /// A detach hands over a read that must not be cancelled: what becomes of it is no matter of the connection. One scheduling of pumps that wait is enough here.
    /// </summary>
    private bool BearingFits => Bears || !((IsRead && Phase == FaultPhase.Detach) || Scheduling == PumpScheduling.ThreadPool);

    /// <summary>A thread that may block waits in no empty read, and what a blocking call throws comes out of the call itself.</summary>
    private bool SchedulingFits => !Blocks || (Operation != FaultOperation.ZeroByteRead
        && Fault is not (StreamFault.IOExceptionFromTask or StreamFault.DisposedFromTask or StreamFault.CancelledFromTask));
}
