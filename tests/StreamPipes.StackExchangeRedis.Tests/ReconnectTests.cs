using StackExchange.Redis;
using StreamPipes.StackExchangeRedis.Tests.Testing;

namespace StreamPipes.StackExchangeRedis.Tests;

/// <summary>Connections that end under the client: it learns of the end, and comes back.</summary>
[Collection(nameof(RealServers))]
public sealed class ReconnectTests
{
    public static MatrixTheoryData<Way, Transport> EveryWay => new(Enum.GetValues<Way>(), Enum.GetValues<Transport>());

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_client_that_the_server_disconnects_reports_it_once_and_comes_back(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(Resp3(server, way, transport)).Guarded();
        TaskCompletionSource<ConnectionFailureType> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource restored = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int failures = 0;
        client.ConnectionFailed += (_, args) =>
        {
            if (args.ConnectionType == ConnectionType.Interactive) Interlocked.Increment(ref failures);
            failed.TrySetResult(args.FailureType);
        };
        client.ConnectionRestored += (_, _) => restored.TrySetResult();
        await using (ConnectionMultiplexer killer = await ConnectionMultiplexer.ConnectAsync(Resp3(server, Way.Plain, Transport.Stock)).Guarded())
        {
            long own = (long)await killer.GetDatabase().ExecuteAsync("CLIENT", "ID").Guarded();
            long[] ids = [.. (await killer.GetServers()[0].ClientListAsync().Guarded()).Select(each => each.Id).Where(id => id != own)];
            foreach (long id in ids) await killer.GetDatabase().ExecuteAsync("CLIENT", "KILL", "ID", id).Guarded();
        }

        (await failed.Task.Guarded()).Should().Be(ConnectionFailureType.SocketClosed);
        await restored.Task.Guarded();
        (await client.GetDatabase().StringIncrementAsync("n").Guarded()).Should().Be(1);
        failures.Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task After_a_restart_of_the_server_commands_and_subscriptions_work_again(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(Resp3(server, way, transport)).Guarded();
        ChannelMessageQueue news = await client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news")).Guarded();
        await client.GetDatabase().PingAsync().Guarded();
        await server.RestartAsync();

        // A command given meanwhile waits in the client's backlog; one that the end has cut off fails.
        await Soon.HoldsAsync(() => AnswersAsync(client.GetDatabase()), "the server answers again");
        await Soon.HoldsAsync(async () => await client.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "back").Guarded() == 1, "the subscription is back");
        ((string?)(await news.ReadAsync().Guarded()).Message).Should().Be("back");
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task Commands_that_wait_for_a_reply_fail_when_the_server_dies(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync("--enable-debug-command", "yes");
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(Resp3(server, way, transport)).Guarded();
        Task<RedisResult> sleeping = client.GetDatabase().ExecuteAsync("DEBUG", "SLEEP", "30");
        Task<TimeSpan> behind = client.GetDatabase().PingAsync();
        await server.KillAsync();
        await FluentActions.Awaiting(() => sleeping.Guarded()).Should().ThrowAsync<RedisConnectionException>();
        await FluentActions.Awaiting(() => behind.Guarded()).Should().ThrowAsync<RedisConnectionException>();
    }

    private static ConfigurationOptions Resp3(RedisServer server, Way way, Transport transport)
    {
        ConfigurationOptions configuration = server.Configuration(way).Use(transport);
        configuration.Protocol = RedisProtocol.Resp3;
        return configuration;
    }

    private static async Task<bool> AnswersAsync(IDatabase database)
    {
        try
        {
            await database.PingAsync().Guarded();
            return true;
        }
        catch (RedisConnectionException)
        {
            // Not yet.
            return false;
        }
    }
}
