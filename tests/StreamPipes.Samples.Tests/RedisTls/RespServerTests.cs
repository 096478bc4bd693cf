using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The embedded server, over real TLS on the loopback address.</summary>
public sealed class RespServerTests
{
    [Theory]
    [InlineData("PING\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n", "+PONG\r\n+PONG\r\n$2\r\nhi\r\n")]
    [InlineData("SET k v\r\nGET k\r\nGET no\r\nSTRLEN k\r\nEXISTS k no\r\nDEL k no\r\nGET k\r\n", "+OK\r\n$1\r\nv\r\n$-1\r\n:1\r\n:1\r\n:1\r\n$-1\r\n")]
    [InlineData("SET k v NX\r\nSET k w NX\r\nGET k\r\nSET k x XX\r\nGET k\r\nSET k v EX\r\n", "+OK\r\n$-1\r\n$1\r\nv\r\n+OK\r\n$1\r\nx\r\n-ERR syntax error\r\n")]
    [InlineData("INCR n\r\nINCRBY n 41\r\nDECR n\r\nSET n x\r\nINCR n\r\n", ":1\r\n:42\r\n:41\r\n+OK\r\n-ERR value is not an integer or out of range\r\n")]
    [InlineData("SET n 9223372036854775807\r\nINCR n\r\n", "+OK\r\n-ERR value is not an integer or out of range\r\n")]
    [InlineData("MSET a 1 b 2\r\nMGET a no b\r\nDBSIZE\r\nFLUSHALL\r\nDBSIZE\r\n", "+OK\r\n*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n2\r\n:2\r\n+OK\r\n:0\r\n")]
    [InlineData("NOSUCH thing\r\nGET\r\nSELECT 1\r\nSELECT 0\r\n", "-ERR unknown command 'NOSUCH'\r\n-ERR wrong number of arguments for 'get' command\r\n-ERR DB index is out of range\r\n+OK\r\n")]
    [InlineData("GET no\r\nHELLO 3 SETNAME me\r\nGET no\r\nCLIENT GETNAME\r\n", "$-1\r\n%7\r\n*_\r\n$2\r\nme\r\n")]
    [InlineData("HELLO 4\r\nHELLO 3 NOSUCH\r\n", "-NOPROTO unsupported protocol version\r\n-ERR Syntax error in HELLO option 'NOSUCH'\r\n")]
    [InlineData("CONFIG GET save appendonly\r\nCOMMAND DOCS\r\n", "*4\r\n$4\r\nsave\r\n$0\r\n\r\n$10\r\nappendonly\r\n$2\r\nno\r\n*0\r\n")]
    [InlineData("SUBSCRIBE c\r\nGET k\r\nPING\r\nUNSUBSCRIBE\r\nGET k\r\n", "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n-ERR Can't execute*\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n$-1\r\n")]
    public async Task Commands_are_answered_in_order(string commands, string replies)
    {
        await using EmbeddedServer server = new();
        (await TalkAsync(server, commands + "QUIT\r\n")).Should().Match(replies + "+OK\r\n");
    }

    [Fact]
    public async Task A_client_that_sends_junk_is_told_and_closed_and_the_others_are_unharmed()
    {
        await using EmbeddedServer server = new();
        await using RedisClient bystander = await server.ConnectAsync();
        (await TalkAsync(server, "PING\r\n*1\r\n:junk\r\nPING\r\n")).Should().Be("+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n");
        (await TalkAsync(server, "\u0001\u0002\r\n")).Should().StartWith("-ERR Protocol error: ");
        (await bystander.PingAsync().Guarded()).Should().Be("PONG");
    }

    [Fact]
    public async Task A_client_without_TLS_is_closed_and_the_others_are_unharmed()
    {
        await using EmbeddedServer server = new();
        await using RedisClient bystander = await server.ConnectAsync();
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("localhost", server.Server.Port).Guarded();
        await socket.SendAsync("PING\r\n"u8.ToArray()).Guarded();
        byte[] buffer = new byte[1024];
        while (await ReceiveAsync(socket, buffer) > 0)
        {
            // TLS sends an alert before it closes.
        }

        (await bystander.PingAsync().Guarded()).Should().Be("PONG");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Publishing_reaches_every_subscriber_in_order_beside_its_replies(int protocol)
    {
        await using EmbeddedServer server = new();
        await using RedisClient publisher = await server.ConnectAsync();
        await using RedisClient first = await server.ConnectAsync(protocol);
        await using RedisClient second = await server.ConnectAsync(protocol);
        Subscription[] subscriptions = [await first.SubscribeAsync("c").Guarded(), await second.SubscribeAsync("c").Guarded()];
        Task<long[]> publishing = Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => publisher.PublishAsync("c", i)));
        Task pinging = Task.WhenAll(Enumerable.Range(0, 200).Select(_ => first.SendAsync(["PING"])));
        foreach (Subscription subscription in subscriptions)
        {
            for (int i = 0; i < 2_000; i++)
                Encoding.UTF8.GetString((await subscription.ReadAsync().Guarded()).Payload.Span).Should().Be($"{i}");
        }

        (await publishing.Guarded()).Should().OnlyContain(count => count == 2);
        await pinging.Guarded();
    }

    [Fact]
    public async Task A_password_is_asked_for()
    {
        await using EmbeddedServer server = new(password: "sesame");
        (await TalkAsync(server, "GET k\r\nAUTH wrong\r\nHELLO 3\r\nAUTH default sesame\r\nGET k\r\nQUIT\r\n")).Should()
            .Match("-NOAUTH *\r\n-WRONGPASS *\r\n-NOAUTH *\r\n+OK\r\n$-1\r\n+OK\r\n");
    }

    [Fact]
    public async Task The_end_of_the_server_ends_its_clients()
    {
        EmbeddedServer server = new();
        await using RedisClient client = await server.ConnectAsync();
        Task<Subscription> idle = client.SubscribeAsync("c");
        Subscription subscription = await idle.Guarded();
        await server.DisposeAsync();
        Func<Task> reading = async () => await subscription.ReadAsync().Guarded();
        await reading.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task The_server_ends_although_a_client_does_not_take_its_replies()
    {
        EmbeddedServer server = new(configure: options => options with { StopTimeout = TimeSpan.FromMilliseconds(1) });
        await using RedisClient client = await server.ConnectAsync();
        await client.SetAsync("k", new byte[1024 * 1024]).Guarded();
        await using SslStream stream = await server.ConnectRawAsync();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("GET k\r\n", 100)))).Guarded();
        await stream.ReadExactlyAsync(new byte[1024 * 1024]).Guarded();
        await server.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_subscriber_who_does_not_keep_up_is_thrown_out_and_the_publisher_is_not_held_up()
    {
        await using EmbeddedServer server = new(configure: options => options with { MaxQueuedMessages = 10 });
        await using RedisClient publisher = await server.ConnectAsync();
        await using SslStream lazy = await server.ConnectRawAsync();
        await lazy.WriteAsync("SUBSCRIBE c\r\n"u8.ToArray()).Guarded();
        await lazy.ReadExactlyAsync(new byte[16]).Guarded();
        byte[] payload = new byte[256 * 1024];
        long listeners = 1;
        for (int i = 0; i < 1_000 && listeners > 0; i++) listeners = await publisher.PublishAsync("c", payload).Guarded();
        listeners.Should().Be(0);
    }

    [Fact]
    public async Task A_subscriber_who_leaves_without_reading_is_let_go()
    {
        await using EmbeddedServer server = new(configure: options => options with { MaxQueuedMessages = int.MaxValue });
        await using RedisClient publisher = await server.ConnectAsync();
        await using SslStream leaving = await server.ConnectRawAsync();
        await leaving.WriteAsync("SUBSCRIBE c\r\n"u8.ToArray()).Guarded();
        await leaving.ReadExactlyAsync(new byte[16]).Guarded();
        byte[] payload = new byte[1024 * 1024];
        for (int i = 0; i < 30; i++) await publisher.PublishAsync("c", payload).Guarded();
        await leaving.ShutdownAsync().Guarded();
        await PublishUntilNobodyListensAsync(publisher).Guarded();
    }

    private static async Task PublishUntilNobodyListensAsync(RedisClient publisher)
    {
        for (long started = Environment.TickCount64; await publisher.PublishAsync("c", "x") > 0;)
            (Environment.TickCount64 - started).Should().BeLessThan(8_000, "the session ends when its client does");
    }

    private static async Task<string> TalkAsync(EmbeddedServer server, string commands)
    {
        await using SslStream stream = await server.ConnectRawAsync();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(commands)).Guarded();
        using StreamReader reader = new(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().Guarded();
    }

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer).Guarded();
        }
        catch (SocketException)
        {
            // A reset is a way of closing too.
            return 0;
        }
    }
}
