namespace RedisTls;

/// <summary>The commands the tour uses, typed.</summary>
internal static class RedisCommands
{
    public static async Task<string> PingAsync(this RedisClient client, CancellationToken cancellationToken = default) =>
        (await client.SendAsync(["PING"], cancellationToken)).Text;

    public static Task SetAsync(this RedisClient client, string key, RespArgument value, CancellationToken cancellationToken = default) =>
        client.SendAsync(["SET", key, value], cancellationToken);

    /// <summary>The value, or <see langword="null"/> where there is none.</summary>
    public static async Task<ReadOnlyMemory<byte>?> GetAsync(this RedisClient client, string key, CancellationToken cancellationToken = default)
    {
        RespValue reply = await client.SendAsync(["GET", key], cancellationToken);
        return reply.IsNull ? null : reply.Bytes;
    }

    public static async Task<long> IncrementAsync(this RedisClient client, string key, CancellationToken cancellationToken = default) =>
        (await client.SendAsync(["INCR", key], cancellationToken)).Integer;

    public static async Task<long> DeleteAsync(this RedisClient client, IEnumerable<string> keys, CancellationToken cancellationToken = default) =>
        (await client.SendAsync(["DEL", .. keys.Select(key => (RespArgument)key)], cancellationToken)).Integer;

    /// <summary>Publishes, and gives the number of subscribers it went to.</summary>
    public static async Task<long> PublishAsync(this RedisClient client, string channel, RespArgument message, CancellationToken cancellationToken = default) =>
        (await client.SendAsync(["PUBLISH", channel, message], cancellationToken)).Integer;
}
