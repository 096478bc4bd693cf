using System.Diagnostics.CodeAnalysis;

namespace RedisTls;

/// <summary>The commands on the wire, oldest first: a server answers in the order it was asked. The first fault is final.</summary>
internal sealed class PendingReplies
{
    private readonly Queue<PendingReply> _queue = new();
    private Exception? _fault;

    /// <summary>Call it in the order in which the commands are written. After the end the result is faulted already, and nothing must be written.</summary>
    public PendingReply Add(bool isSubscription)
    {
        PendingReply reply = new(isSubscription);
        lock (_queue)
        {
            if (_fault is null) _queue.Enqueue(reply);
            else reply.Fail(_fault);
        }

        return reply;
    }

    public bool NextIsSubscription
    {
        get
        {
            lock (_queue) return _queue.TryPeek(out PendingReply? next) && next.IsSubscription;
        }
    }

    public bool TryTake([NotNullWhen(true)] out PendingReply? reply)
    {
        lock (_queue) return _queue.TryDequeue(out reply);
    }

    /// <summary>Lets nobody else in; those who wait go on waiting.</summary>
    public void Close(Exception reason)
    {
        lock (_queue) _fault ??= reason;
    }

    /// <summary>Fails those who wait with <paramref name="exception"/>, and later ones with the first reason there was.</summary>
    public void Fail(Exception exception)
    {
        Close(exception);
        while (TryTake(out PendingReply? reply)) reply.Fail(exception);
    }
}
