namespace StreamPipes.Internal;

/// <summary>Takes a connection apart without closing anything: sends what was written, stops both pumps, hands back the stream.</summary>
internal static class ConnectionDetach
{
    public static async ValueTask<DetachedStream> RunAsync(ConnectionLifetime lifetime, ConnectionReader reader, ConnectionWriter writer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        reader.ThrowIfBusy();

        // Up to here the token can give up and leave the connection as it is; what follows is short, or bounded.
        await writer.DrainAsync(cancellationToken).ConfigureAwait(false);
        lifetime.BeginDetach();
        writer.Complete();
        await lifetime.StopPumpsAsync().ConfigureAwait(false);
        byte[] unread = reader.TakeUnread();
        return new DetachedStream(lifetime.FinishDetach(unread), unread.Length);
    }
}
