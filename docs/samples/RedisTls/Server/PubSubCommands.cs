namespace RedisTls;

/// <summary>SUBSCRIBE, UNSUBSCRIBE and PUBLISH.</summary>
internal static class PubSubCommands
{
    public static Command[] All { get; } =
    [
        new("subscribe", 2, int.MaxValue, Subscribe) { WhileSubscribed = true },
        new("unsubscribe", 1, int.MaxValue, Unsubscribe) { WhileSubscribed = true },
        new("publish", 3, 3, (session, words) => session.Reply(RespValue.Number(session.Server.Hub.Publish(words[1], words[2])))),
    ];

    private static void Subscribe(ServerSession session, byte[][] words)
    {
        foreach (byte[] channel in words.AsSpan(1))
        {
            session.Subscribe(KeyValueStore.ToKey(channel));
            Confirm(session, "subscribe", RespValue.Bulk(channel));
        }
    }

    private static void Unsubscribe(ServerSession session, byte[][] words)
    {
        byte[][] channels = words.Length > 1
            ? words[1..]
            : [.. session.Channels.Select(System.Text.Encoding.Latin1.GetBytes)];
        foreach (byte[] channel in channels)
        {
            session.Unsubscribe(KeyValueStore.ToKey(channel));
            Confirm(session, "unsubscribe", RespValue.Bulk(channel));
        }

        if (channels.Length == 0) Confirm(session, "unsubscribe", RespValue.Null);
    }

    private static void Confirm(ServerSession session, string what, RespValue channel) =>
        session.Reply(RespValue.Collection(RespKind.Push, RespValue.Bulk(what), channel, RespValue.Number(session.SubscriptionCount)));
}
