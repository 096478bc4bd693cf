using StackExchange.Redis;
using StreamPipes.StackExchangeRedis.Tests.Testing;

namespace StreamPipes.StackExchangeRedis.Tests;

/// <summary>Commands and their replies, on every way to a server, over the client's own transport and over this package.</summary>
[Collection(nameof(RealServers))]
public sealed class CommandTests
{
    public static MatrixTheoryData<Way, RedisProtocol, Transport> Everything => new(Enum.GetValues<Way>(), [RedisProtocol.Resp2, RedisProtocol.Resp3], Enum.GetValues<Transport>());

    public static MatrixTheoryData<Way, Transport> EveryWay => new(Enum.GetValues<Way>(), Enum.GetValues<Transport>());

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Every_caller_gets_the_reply_to_its_own_command(Way way, RedisProtocol protocol, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectAsync(server, way, transport, protocol);
        IDatabase database = client.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async caller =>
        {
            for (int i = 0; i < 40; i++)
            {
                string value = FormattableString.Invariant($"{caller}-{i}");
                await database.StringSetAsync(FormattableString.Invariant($"key{caller}"), value);
                ((string?)await database.StringGetAsync(FormattableString.Invariant($"key{caller}"))).Should().Be(value);
            }
        })).Guarded();
        client.GetServer(server.EndPoint(way)).Protocol.Should().Be(protocol);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_lone_caller_is_answered_whether_it_awaits_or_blocks(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectAsync(server, way, transport);
        IDatabase database = client.GetDatabase();
        for (int i = 1; i <= 200; i++)
        {
            (await database.StringIncrementAsync("awaited").Guarded()).Should().Be(i);
            database.StringIncrement("blocked").Should().Be(i);
        }
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_value_of_20_MiB_arrives_whole_in_both_directions(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectAsync(server, way, transport);
        IDatabase database = client.GetDatabase();
        byte[] value = Payload.Seeded(20 * 1024 * 1024);
        await database.StringSetAsync("large", value).Guarded();
        Task<RedisValue> large = database.StringGetAsync("large");
        Task<TimeSpan> small = database.PingAsync();
        Payload.HashOf((byte[])(await large.Guarded())!).Should().Be(Payload.HashOf(value));
        (await small.Guarded()).Should().BePositive("a command behind the large reply is answered as well");
    }

    [Theory]
    [InlineData(Transport.Stock)]
    [InlineData(Transport.Pipes)]
    [InlineData(Transport.DedicatedThreads)]
    public async Task Batches_transactions_scripts_and_commands_without_a_reply_work(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectAsync(server, Way.Tls, transport);
        IDatabase database = client.GetDatabase();

        IBatch batch = database.CreateBatch();
        Task<long>[] counts = [.. Enumerable.Range(0, 500).Select(_ => batch.StringIncrementAsync("batch"))];
        batch.Execute();
        (await Task.WhenAll(counts).Guarded()).Should().Equal(Enumerable.Range(1, 500).Select(i => (long)i));

        ITransaction transaction = database.CreateTransaction();
        Task<bool> set = transaction.StringSetAsync("transaction", "done");
        (await transaction.ExecuteAsync().Guarded()).Should().BeTrue();
        (await set.Guarded()).Should().BeTrue();

        ((int)await database.ScriptEvaluateAsync("return ARGV[1] + 1", values: [41]).Guarded()).Should().Be(42);

        for (int i = 0; i < 500; i++) database.StringIncrement("forgotten", flags: CommandFlags.FireAndForget);
        ((int)await database.StringGetAsync("forgotten").Guarded()).Should().Be(500);
    }

    [Theory]
    [InlineData(Transport.Stock)]
    [InlineData(Transport.Pipes)]
    [InlineData(Transport.DedicatedThreads)]
    public async Task An_error_reply_is_the_error_of_its_command_alone(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using ConnectionMultiplexer client = await ConnectAsync(server, Way.Plain, transport);
        IDatabase database = client.GetDatabase();
        await database.StringSetAsync("text", "no number").Guarded();
        await FluentActions.Awaiting(() => database.StringIncrementAsync("text").Guarded()).Should().ThrowAsync<RedisServerException>();
        ((string?)await database.StringGetAsync("text").Guarded()).Should().Be("no number");
    }

    [Theory]
    [InlineData(Transport.Stock)]
    [InlineData(Transport.Pipes)]
    [InlineData(Transport.DedicatedThreads)]
    public async Task A_password_is_given_and_a_wrong_one_is_refused(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync("--requirepass", "sesame");
        ConfigurationOptions configuration = server.Configuration(Way.Tls).Use(transport);
        configuration.Password = "sesame";
        await using (ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration).Guarded()) await client.GetDatabase().PingAsync().Guarded();
        configuration.Password = "wrong";
        await FluentActions.Awaiting(() => ConnectionMultiplexer.ConnectAsync(configuration).Guarded()).Should().ThrowAsync<RedisConnectionException>();
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(RedisServer server, Way way, Transport transport, RedisProtocol? protocol = null)
    {
        ConfigurationOptions configuration = server.Configuration(way).Use(transport);
        configuration.Protocol = protocol;
        return ConnectionMultiplexer.ConnectAsync(configuration).Guarded();
    }
}
