namespace RedisTls;

/// <summary>
/// A command that was sent, and whoever waits for its reply. Its continuations never run on the loop that reads replies: a caller that takes
/// its time holds nobody else up.
/// </summary>
internal sealed class PendingReply(bool isSubscription) : TaskCompletionSource<RespValue>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>SUBSCRIBE and UNSUBSCRIBE are answered with a push in RESP3.</summary>
    public bool IsSubscription => isSubscription;

    public void Fail(Exception exception)
    {
        SetException(exception);

        // Its caller may have gone (a cancelled wait); looking at the exception keeps it from being reported as unobserved.
        _ = Task.Exception;
    }
}
