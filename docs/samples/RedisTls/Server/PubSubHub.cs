namespace RedisTls;

/// <summary>Who listens to what. Publishing hands a message to the sessions' own queues and never waits for any of them.</summary>
internal sealed class PubSubHub
{
    private readonly Dictionary<string, HashSet<ServerSession>> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();

    public void Add(string channel, ServerSession session)
    {
        lock (_sync)
        {
            if (!_sessions.TryGetValue(channel, out HashSet<ServerSession>? listeners)) _sessions[channel] = listeners = [];
            listeners.Add(session);
        }
    }

    public void Remove(string channel, ServerSession session)
    {
        lock (_sync)
        {
            if (!_sessions.TryGetValue(channel, out HashSet<ServerSession>? listeners)) return;
            listeners.Remove(session);
            if (listeners.Count == 0) _sessions.Remove(channel);
        }
    }

    /// <returns>How many sessions the message went to.</returns>
    public int Publish(byte[] channel, byte[] payload)
    {
        ServerSession[] listeners;
        lock (_sync)
        {
            if (!_sessions.TryGetValue(KeyValueStore.ToKey(channel), out HashSet<ServerSession>? found)) return 0;
            listeners = [.. found];
        }

        RespValue message = RespValue.Collection(RespKind.Push, RespValue.Bulk("message"), RespValue.Bulk(channel), RespValue.Bulk(payload));
        foreach (ServerSession listener in listeners) listener.Post(message);
        return listeners.Length;
    }
}
