using System.Globalization;
using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The sample's client against a real redis-server, over TLS and without.</summary>
[Collection(nameof(RealServers))]
public sealed class RealRedisTests
{
    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public async Task The_tour_goes_through_and_leaves_nothing_behind(string protocol)
    {
        await using RealRedisServer redis = await RealRedisServer.StartAsync();
        (await SampleRun.RunAsync("--server", Address(redis), "--cafile", redis.AuthorityFile, "--resp", protocol)).ShouldBeAWholeTour();
        await using RedisClient client = await RedisConnector.ConnectAsync(redis.Options());
        (await client.SendAsync(["DBSIZE"]).Guarded()).Integer.Should().Be(0);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public async Task The_tour_without_TLS_is_the_tour_with_it(string protocol)
    {
        await using RealRedisServer redis = await RealRedisServer.StartAsync();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redis.PlainPort}");
        (await SampleRun.RunAsync("--plain", "--server", address, "--resp", protocol)).ShouldBeAWholeTour();
    }

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public async Task A_password_is_given_and_a_wrong_one_is_told_in_one_line(string protocol)
    {
        await using RealRedisServer redis = await RealRedisServer.StartAsync("--requirepass", "sesame");
        string[] args = ["--server", Address(redis), "--cafile", redis.AuthorityFile, "--resp", protocol];
        (await SampleRun.RunAsync([.. args, "--password", "sesame"])).ShouldBeAWholeTour();
        (await SampleRun.RunAsync([.. args, "--password", "wrong"])).ShouldFailWith($"{Address(redis)} refused: WRONGPASS *");
        (await SampleRun.RunAsync(args)).ShouldFailWith($"{Address(redis)} refused: NOAUTH *");
    }

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public async Task A_named_user_logs_in(string protocol)
    {
        await using RealRedisServer redis = await RealRedisServer.StartAsync(
            "--user", "guide", "on", ">tour", "~streampipes:*", "&streampipes:*", "+@all", "--user", "default", "off");
        string[] args = ["--server", Address(redis), "--cafile", redis.AuthorityFile, "--resp", protocol];
        (await SampleRun.RunAsync([.. args, "--user", "guide", "--password", "tour"])).ShouldBeAWholeTour();
        (await SampleRun.RunAsync([.. args, "--user", "guide", "--password", "detour"])).ShouldFailWith("* refused: WRONGPASS *");
    }

    [Fact]
    public async Task Every_RESP3_type_a_real_server_sends_is_understood()
    {
        await using RealRedisServer redis = await RealRedisServer.StartAsync("--enable-debug-command", "yes");
        await using RedisClient client = await RedisConnector.ConnectAsync(redis.Options());
        (string Type, string Printed)[] types =
        [
            ("string", "\"Hello World\""), ("integer", ":12345"), ("double", ",3.141"), ("null", "null"), ("array", "[:0, :1, :2]"),
            ("set", "~[:0, :1, :2]"), ("map", "{:0, #false, :1, #true, :2, #false}"), ("true", "#true"), ("false", "#false"),
            ("bignum", "(1234567999999999999999999999999999999"), ("verbatim", "=txt:This is a verbatim\nstring"),
            ("attrib", "|{\"key-popularity\", [\"key:123\", :90]} \"Some real reply following the attribute\""),
        ];
        foreach ((string type, string printed) in types)
            (await client.SendAsync(["DEBUG", "PROTOCOL", type]).Guarded()).ToString().Should().Be(printed, "that is {0}", type);
    }

    [Fact]
    public async Task In_RESP3_one_connection_publishes_to_itself_and_continues_with_commands()
    {
        await using RealRedisServer redis = await RealRedisServer.StartAsync();
        await using RedisClient client = await RedisConnector.ConnectAsync(redis.Options());
        Subscription news = await client.SubscribeAsync("news").Guarded();
        for (int i = 0; i < 100; i++)
        {
            (await client.PublishAsync("news", i).Guarded()).Should().Be(1);
            (await client.IncrementAsync("n").Guarded()).Should().Be(i + 1);
            Encoding.UTF8.GetString((await news.ReadAsync().Guarded()).Payload.Span).Should().Be(i.ToString(CultureInfo.InvariantCulture));
        }

        await news.DisposeAsync().Guarded();
        (await client.PublishAsync("news", "nobody listens").Guarded()).Should().Be(0);
    }

    [Fact]
    public async Task A_server_that_dies_is_the_same_error_for_everybody()
    {
        RealRedisServer redis = await RealRedisServer.StartAsync();
        await using RedisClient client = await RedisConnector.ConnectAsync(redis.Options());
        Task<RespValue> blocked = client.SendAsync(["BLPOP", "nothing", 0]);
        Task<string> behind = client.PingAsync();
        await redis.DisposeAsync();
        Exception first = (await FluentActions.Awaiting(() => blocked.Guarded()).Should().ThrowAsync<IOException>()).Which;
        (await FluentActions.Awaiting(() => behind.Guarded()).Should().ThrowAsync<IOException>()).Which.Should().BeSameAs(first);
    }

    private static string Address(RealRedisServer redis) => FormattableString.Invariant($"127.0.0.1:{redis.Port}");
}
