namespace StreamPipes.Tests.Faults;

/// <summary>How the half-close of a duplex transport goes wrong.</summary>
public enum HalfCloseFault
{
    ThrowsFromCall,
    ThrowsFromTask,

    /// <summary>An <see cref="OperationCanceledException"/> with a token that nobody here knows.</summary>
    CancelledFromCall,
    CancelledFromTask,
    HangsForEver,
}
