namespace StreamPipes.Tests.Faults;

/// <summary>How a call goes wrong: out of the call itself or out of its task, with which kind of exception, or in another way.</summary>
public enum StreamFault
{
    IOExceptionFromCall,
    IOExceptionFromTask,
    DisposedFromCall,
    DisposedFromTask,

    /// <summary>An <see cref="OperationCanceledException"/> with a token that nobody here knows.</summary>
    CancelledFromCall,
    CancelledFromTask,
    ReturnsZero,
    ReturnsNegative,

    /// <summary>More than fits into the buffer.</summary>
    ReturnsTooMuch,
    HangsUntilDispose,
    HangsForEver,
}
