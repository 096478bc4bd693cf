namespace StreamPipes.Tests.Faults;

/// <summary>What happens while the half-close is under way.</summary>
public enum HalfCloseAction
{
    None,
    Abort,
    DisposeAsync,
    InputComplete,
    OutputCompleteWithError,
    CancelTokens,
    CancelPending,

    /// <summary>And the user completes Input, once the end is read, where it can be.</summary>
    PeerCloses,
}
