using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace StackExchangeRedisSample;

/// <summary>What the client can do, each answer checked.</summary>
internal static class Tour
{
    private const int Callers = 50;
    private const int CommandsOfEach = 1000;
    private const int Messages = 1000;

    public static async Task RunAsync(ConfigurationOptions configuration, TextWriter output)
    {
        ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration);
        await using (client)
        {
            IDatabase database = client.GetDatabase();
            RedisKey key = "streampipes:seredis:value";
            RedisKey counter = "streampipes:seredis:counter";
            await database.PingAsync();
            await output.WriteLineAsync($"connected, {(configuration.Ssl ? "with" : "without")} TLS");

            byte[] value = RandomNumberGenerator.GetBytes(3 * 1024 * 1024);
            await database.StringSetAsync(key, value);
            Check(((byte[]?)await database.StringGetAsync(key)).AsSpan().SequenceEqual(value), "the value of 3 MiB came back changed");
            await output.WriteLineAsync("3 MiB value -> the same");

            await database.KeyDeleteAsync(counter);
            long start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
            {
                for (int i = 0; i < CommandsOfEach; i++) await database.StringIncrementAsync(counter);
            }));
            double rate = Callers * CommandsOfEach / Stopwatch.GetElapsedTime(start).TotalSeconds;
            Check((long)await database.StringGetAsync(counter) == Callers * CommandsOfEach, "a command was lost");
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Callers} callers, {Callers * CommandsOfEach:N0} commands -> all counted, {rate:N0} /s"));

            ChannelMessageQueue news = await client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("streampipes:seredis:news"));
            for (int i = 0; i < Messages; i++) await database.PublishAsync(RedisChannel.Literal("streampipes:seredis:news"), i);
            for (int i = 0; i < Messages; i++) Check((int)(await news.ReadAsync()).Message == i, "a message was lost, or came out of order");
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"PUBLISH -> {Messages:N0} messages, in order"));
            await database.KeyDeleteAsync([key, counter]);
        }

        await output.WriteLineAsync("closed");
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds) throw new TourFailedException(otherwise);
    }
}
