using System.Collections.Concurrent;
using StackExchange.Redis;
using StreamPipes.StackExchangeRedis.Tests.Testing;

namespace StreamPipes.StackExchangeRedis.Tests;

/// <summary>Subscriptions: a connection of their own in RESP2, the one connection in RESP3.</summary>
[Collection(nameof(RealServers))]
public sealed class PubSubTests
{
    public static MatrixTheoryData<RedisProtocol, Transport> Everything => new([RedisProtocol.Resp2, RedisProtocol.Resp3], Enum.GetValues<Transport>());

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_subscriber_gets_every_message_in_order_while_commands_are_answered(RedisProtocol protocol, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectAsync(server, protocol, transport);
        ChannelMessageQueue news = await client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news")).Guarded();
        for (int i = 0; i < 200; i++)
        {
            (await client.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), i).Guarded()).Should().Be(1);
            (await client.GetDatabase().StringIncrementAsync("n").Guarded()).Should().Be(i + 1);
        }

        for (int i = 0; i < 200; i++) ((int)(await news.ReadAsync().Guarded()).Message).Should().Be(i);
        await news.UnsubscribeAsync().Guarded();
        (await client.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "to no one").Guarded()).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_handler_that_sends_a_command_is_answered(RedisProtocol protocol, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectAsync(server, protocol, transport);
        ConcurrentQueue<long> answers = new();
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"), (_, _) =>
        {
            answers.Enqueue(client.GetDatabase().StringIncrement("handled"));
            if (answers.Count == 20) done.TrySetResult();
        }).Guarded();
        for (int i = 0; i < 20; i++) await client.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), i).Guarded();
        await done.Task.Guarded();
        answers.Should().BeEquivalentTo(Enumerable.Range(1, 20));
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(RedisServer server, RedisProtocol protocol, Transport transport)
    {
        ConfigurationOptions configuration = server.Configuration(Way.Tls).Use(transport);
        configuration.Protocol = protocol;
        return ConnectionMultiplexer.ConnectAsync(configuration).Guarded();
    }
}
