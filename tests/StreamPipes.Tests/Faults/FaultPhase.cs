namespace StreamPipes.Tests.Faults;

/// <summary>Where in the life of a connection a call goes wrong. Before all but the first, bytes have gone both ways.</summary>
public enum FaultPhase
{
    FirstCall,
    AfterBytes,

    /// <summary>The user waits in a read, and in a flush for which the pipe is too small.</summary>
    PendingRead,

    /// <summary>The user waits in a flush that ends when the stream has its bytes.</summary>
    PendingFlushThrough,
    OutputDrain,
    Dispose,
    Detach,
    AfterAbort,
}
