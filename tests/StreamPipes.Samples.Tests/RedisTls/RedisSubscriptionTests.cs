using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>Published messages between replies, in both protocols.</summary>
public sealed class RedisSubscriptionTests
{
    [Fact]
    public async Task In_RESP3_messages_come_between_the_replies_of_one_connection()
    {
        await using ScriptedServer server = await CreateResp3Async();
        Subscription news = await SubscribeAsync(server, "news", '>');
        Task<string> pinging = server.Client.PingAsync();
        await server.SendAsync(Message('>', "news", "one") + ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n" + "+PONG\r\n" + Message('>', "news", "two"));
        (await pinging.Guarded()).Should().Be("PONG");
        (await ReadAsync(news)).Should().Be("one");
        (await ReadAsync(news)).Should().Be("two");
    }

    [Fact]
    public async Task In_RESP3_a_reply_that_looks_like_a_message_is_a_reply()
    {
        await using ScriptedServer server = await CreateResp3Async();
        await SubscribeAsync(server, "news", '>');
        Task<RespValue> range = server.Client.SendAsync(["LRANGE", "list", 0, -1]);
        await server.SendAsync(Message('*', "news", "an element"));
        (await range.Guarded()).Items.Should().HaveCount(3);
    }

    [Fact]
    public async Task In_RESP2_messages_are_arrays_while_something_is_subscribed()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Subscription news = await SubscribeAsync(server, "news", '*');
        Task<RespValue> pinging = server.Client.SendAsync(["PING"]);
        await server.SendAsync(Message('*', "news", "one") + "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
        (await ReadAsync(news)).Should().Be("one");
        (await pinging.Guarded()).Items[0].Text.Should().Be("pong");
    }

    [Fact]
    public async Task A_message_right_behind_the_confirmation_is_not_lost()
    {
        await using ScriptedServer server = await CreateResp3Async();
        Task<Subscription> subscribing = server.Client.SubscribeAsync("news");
        await server.TakeAsync();
        await server.SendAsync(Confirmation('>', "subscribe", "news", 1) + Message('>', "news", "at once"));
        (await ReadAsync(await subscribing.Guarded())).Should().Be("at once");
    }

    [Fact]
    public async Task A_refused_subscription_throws_and_can_be_tried_again()
    {
        await using ScriptedServer server = await CreateResp3Async();
        Task<Subscription> refused = server.Client.SubscribeAsync("news");
        await server.TakeAsync();
        await server.SendAsync("-NOPERM no permissions\r\n");
        await FluentActions.Awaiting(() => refused.Guarded()).Should().ThrowAsync<RedisErrorException>();
        await SubscribeAsync(server, "news", '>');
    }

    [Theory]
    [InlineData('*')]
    [InlineData('>')]
    public async Task A_subscriber_who_stops_waiting_is_unsubscribed_and_no_message_is_taken_for_a_reply(char type)
    {
        await using ScriptedServer server = type == '>' ? await CreateResp3Async() : ScriptedServer.Create();
        using CancellationTokenSource impatience = new();
        Task<Subscription> subscribing = server.Client.SubscribeAsync("news", impatience.Token);
        (await server.TakeAsync()).Should().Be("SUBSCRIBE news");
        await impatience.CancelAsync();
        await FluentActions.Awaiting(() => subscribing.Guarded()).Should().ThrowAsync<OperationCanceledException>();
        (await server.TakeAsync()).Should().Be("UNSUBSCRIBE news");
        Task<string> pinging = server.Client.PingAsync();
        await server.SendAsync(Confirmation(type, "subscribe", "news", 1) + Message(type, "news", "x") + Confirmation(type, "unsubscribe", "news", 0) + "+PONG\r\n");
        (await pinging.Guarded()).Should().Be("PONG");
    }

    [Fact]
    public async Task A_channel_is_subscribed_once()
    {
        await using ScriptedServer server = await CreateResp3Async();
        await SubscribeAsync(server, "news", '>');
        await FluentActions.Awaiting(() => server.Client.SubscribeAsync("news").Guarded()).Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task Dispose_of_a_subscription_unsubscribes()
    {
        await using ScriptedServer server = await CreateResp3Async();
        Subscription news = await SubscribeAsync(server, "news", '>');
        Task unsubscribing = news.DisposeAsync().AsTask();
        (await server.TakeAsync()).Should().Be("UNSUBSCRIBE news");
        await server.SendAsync(Message('>', "news", "too late") + Confirmation('>', "unsubscribe", "news", 0));
        await unsubscribing.Guarded();
        await SubscribeAsync(server, "news", '>');
    }

    [Fact]
    public async Task The_end_of_the_connection_ends_subscriptions_with_its_own_exception()
    {
        await using ScriptedServer server = await CreateResp3Async();
        Subscription news = await SubscribeAsync(server, "news", '>');
        await server.SendAsync(Message('>', "news", "the last"));
        (await ReadAsync(news)).Should().Be("the last");
        IOException fault = new("the cable was cut");
        server.Connection.Abort(fault);
        Func<Task> reading = async () => await news.ReadAsync().Guarded();
        (await reading.Should().ThrowAsync<IOException>()).Which.Should().BeSameAs(fault);
    }

    [Fact]
    public async Task A_subscriber_who_does_not_keep_up_is_told_and_nobody_else_is_held_up()
    {
        await using ScriptedServer server = await CreateResp3Async();
        Subscription news = await SubscribeAsync(server, "news", '>');
        string burst = string.Concat(Enumerable.Repeat(Message('>', "news", "x"), Subscription.Capacity + 1));
        Task<string> pinging = server.Client.PingAsync();
        await server.SendAsync(burst + "+PONG\r\n");
        (await pinging.Guarded()).Should().Be("PONG");
        for (int i = 0; i < Subscription.Capacity; i++) await news.ReadAsync().Guarded();
        Func<Task> reading = async () => await news.ReadAsync().Guarded();
        await reading.Should().ThrowAsync<IOException>().WithMessage("The subscriber of 'news' is more than * messages behind.");
    }

    private static async Task<ScriptedServer> CreateResp3Async()
    {
        ScriptedServer server = ScriptedServer.Create();
        Task greeting = server.Client.SwitchToResp3Async(["HELLO", "3"]);
        await server.TakeAsync();
        await server.SendAsync("%1\r\n$5\r\nproto\r\n:3\r\n");
        await greeting.Guarded();
        return server;
    }

    private static async Task<Subscription> SubscribeAsync(ScriptedServer server, string channel, char type)
    {
        Task<Subscription> subscribing = server.Client.SubscribeAsync(channel);
        (await server.TakeAsync()).Should().Be($"SUBSCRIBE {channel}");
        await server.SendAsync(Confirmation(type, "subscribe", channel, 1));
        return await subscribing.Guarded();
    }

    private static async Task<string> ReadAsync(Subscription subscription) =>
        Encoding.UTF8.GetString((await subscription.ReadAsync().Guarded()).Payload.Span);

    private static string Message(char type, string channel, string payload) =>
        $"{type}3\r\n$7\r\nmessage\r\n${channel.Length}\r\n{channel}\r\n${payload.Length}\r\n{payload}\r\n";

    private static string Confirmation(char type, string what, string channel, int count) =>
        $"{type}3\r\n${what.Length}\r\n{what}\r\n${channel.Length}\r\n{channel}\r\n:{count}\r\n";
}
