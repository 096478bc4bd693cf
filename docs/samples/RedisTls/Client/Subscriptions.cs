using System.Collections.Concurrent;

namespace RedisTls;

/// <summary>The subscriptions of one connection, and which of the server's values belong to them.</summary>
internal sealed class Subscriptions
{
    private readonly ConcurrentDictionary<string, Subscription> _byChannel = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">This connection has a subscription of that channel.</exception>
    public void Add(Subscription subscription)
    {
        if (!_byChannel.TryAdd(subscription.Channel, subscription))
            throw new InvalidOperationException($"'{subscription.Channel}' is subscribed already.");
    }

    public bool Remove(Subscription subscription) =>
        _byChannel.TryRemove(KeyValuePair.Create(subscription.Channel, subscription));

    /// <summary>
    /// Delivers a published message. RESP3 marks it as a push; RESP2 sends a plain array, which is a message only while something is subscribed.
    /// </summary>
    public bool TryDeliver(RespValue value, int protocol)
    {
        bool canBeMessage = value.Kind == RespKind.Push || (protocol < 3 && value.Kind == RespKind.Array && !_byChannel.IsEmpty);
        if (!canBeMessage || value.Items.Count != 3 || !IsNamed(value, "message"u8)) return false;
        string channel = value.Items[1].Text;
        if (_byChannel.TryGetValue(channel, out Subscription? subscription))
            subscription.Deliver(new PubSubMessage(channel, value.Items[2].Bytes));
        return true;
    }

    /// <summary>Whether the push answers a SUBSCRIBE or an UNSUBSCRIBE.</summary>
    public static bool IsConfirmation(RespValue push) => push.Items.Count == 3 && (IsNamed(push, "subscribe"u8) || IsNamed(push, "unsubscribe"u8));

    public void Fail(Exception reason)
    {
        foreach (Subscription subscription in _byChannel.Values) subscription.End(reason);
    }

    private static bool IsNamed(RespValue value, ReadOnlySpan<byte> name) =>
        value.Items[0].Kind == RespKind.BulkString && value.Items[0].Bytes.Span.SequenceEqual(name);
}
