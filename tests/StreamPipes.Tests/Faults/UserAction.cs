namespace StreamPipes.Tests.Faults;

/// <summary>What the user does while the call is under way.</summary>
public enum UserAction
{
    None,
    Abort,
    DisposeAsync,
    InputComplete,
    OutputComplete,
    OutputCompleteWithError,
    CancelTokens,
    CancelPending,
}
