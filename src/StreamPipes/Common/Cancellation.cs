namespace StreamPipes.Common;

/// <summary>Cancels what a stream may be in the middle of.</summary>
internal static class Cancellation
{
    public static void Fire(CancellationTokenSource cancellation)
    {
        try
        {
            cancellation.Cancel();
        }
        catch (Exception e) when (e is AggregateException or ObjectDisposedException)
        {
            // What a stream's own callback throws must not reach the caller that completes an end; and a pump that has ended needs no cancelling.
        }
    }
}
