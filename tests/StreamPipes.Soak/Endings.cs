namespace StreamPipes.Soak;

/// <summary>The ways in which a connection ends, and what both ends must have seen of it.</summary>
internal static class Endings
{
    public static async Task OrderlyAsync(Side actor, Side other)
    {
        await Task.WhenAll(actor.SendAllAsync(), actor.ReceiveAllAsync(), other.SendAllAsync(), other.ReceiveAllAsync());
        await RequireOrderAsync(actor, other);
    }

    public static async Task OneAfterTheOtherAsync(Side actor, Side other)
    {
        await Task.WhenAll(actor.SendAllAsync(), actor.ReceiveAllAsync(), AnswerAsync());
        await RequireOrderAsync(actor, other);

        async Task AnswerAsync()
        {
            await other.ReceiveAllAsync();
            await other.SendAllAsync();
        }
    }

    public static async Task InputFirstAsync(Side actor, Side other, int cut)
    {
        await RequireLastWordsAsync(actor, other, ActAsync);

        async Task ActAsync()
        {
            await actor.Receiver.ReceiveAsync(cut, CancellationToken.None);
            await actor.Connection.Input.CompleteAsync();
            await actor.SendAllAsync();
        }
    }

    public static async Task DisposeAsync(Side actor, Side other, int cut)
    {
        await RequireLastWordsAsync(actor, other, ActAsync);

        async Task ActAsync()
        {
            using CancellationTokenSource stop = new();
            Task receiving = actor.Receiver.ReceiveAsync(long.MaxValue, stop.Token);
            await actor.Sender.SendAsync(cut);
            await stop.CancelAsync();
            await receiving;
        }
    }

    /// <summary>The actor breaks the connection: nobody may take that for an orderly end.</summary>
    public static async Task BreakAsync(Side actor, Side other, int cut, Action<End> breakIt, CloseReason? reason, Tally tally)
    {
        Task<Exception?> actorReceiving = Fault.OfAsync(actor.ReceiveAllAsync());
        Task<Exception?> otherReceiving = Fault.OfAsync(other.ReceiveAllAsync());
        Task<Exception?> otherSending = Fault.OfAsync(other.SendAllAsync());
        Exception? early = await Fault.OfAsync(actor.Sender.SendAsync(cut));
        actor.Require(early is null, $"an error before it was broken: {early}");
        breakIt(actor.End);
        await Task.WhenAll(actorReceiving, otherReceiving, otherSending);

        actor.Require(actor.Receiver.HasEnded == (await actorReceiving is null), "neither the end nor an error");
        actor.Require(!actor.Receiver.HasEnded || actor.Receiver.Received == other.End.Plan.Bytes, "an end before the end");

        // The kernel tells a reset once. Where a write took it, a read gets 0, and is the first to report now and then. The verdict limits it.
        bool isReset = await otherReceiving is not null;
        if (!isReset) tally.ResetWasTakenByWrite();
        other.Require(other.Receiver.Received <= cut, "more than was sent");
        Exception?[] faults = await Task.WhenAll(actor.CloseAsync(), other.CloseAsync());

        // An end that had read everything, and written all it had, need not notice that its socket is gone.
        actor.Require(faults[0] is not null || (reason is null && actor.Receiver.HasEnded), "a completion without a fault");
        actor.Require(reason is null || actor.Connection.CloseReason == reason, "another reason");
        if (!isReset) return;
        other.Require(faults[1] is not null, "a completion without a fault");
        other.Require(other.Connection.CloseReason is CloseReason.ReadFault or CloseReason.WriteFault, "another reason");
    }

    private static async Task RequireOrderAsync(Side actor, Side other)
    {
        Exception?[] faults = await Task.WhenAll(actor.CloseAsync(), other.CloseAsync());
        foreach ((Side side, Side peer, Exception? fault) in new[] { (actor, other, faults[0]), (other, actor, faults[1]) })
        {
            side.Require(fault is null, $"{fault}");
            side.Require(side.Receiver.Received == peer.End.Plan.Bytes, "not everything arrived");
            side.Require(side.Connection.BytesReceived == peer.End.Plan.Bytes, $"counted {side.Connection.BytesReceived} bytes received");
            side.Require(side.Connection.BytesSent == side.End.Plan.Bytes, $"counted {side.Connection.BytesSent} bytes sent");
            side.Require(side.Connection.CloseReason is CloseReason.LocalClose or CloseReason.RemoteClose, "another reason");
        }
    }

    /// <summary>The actor leaves while the other still speaks. What the actor said arrives whole all the same.</summary>
    private static async Task RequireLastWordsAsync(Side actor, Side other, Func<Task> act)
    {
        Task<Exception?> otherReceiving = Fault.OfAsync(other.ReceiveAllAsync());
        Task<Exception?> otherSending = Fault.OfAsync(other.SendAllAsync());
        await act();
        Exception? fault = await actor.CloseAsync();
        await Task.WhenAll(otherReceiving, otherSending);

        actor.Require(fault is null, $"{fault}");
        actor.Require(actor.Connection.CloseReason is CloseReason.LocalClose or CloseReason.RemoteClose, "another reason");
        other.Require(other.Receiver.Received == actor.Sender.Sent, $"{actor.Sender.Sent} bytes were sent; {await otherReceiving}");

        // Its own words met a closed door, perhaps: then that is its fault to tell, but never before everything was read.
        other.Require(other.Receiver.HasEnded || await otherSending is not null, $"an error without a reason: {await otherReceiving}");
        await other.CloseAsync();
    }
}
