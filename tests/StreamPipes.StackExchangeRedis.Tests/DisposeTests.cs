using System.Net.Sockets;
using StackExchange.Redis;
using StreamPipes.StackExchangeRedis.Tests.Testing;

namespace StreamPipes.StackExchangeRedis.Tests;

/// <summary>The end of a client: its sockets are closed, and what it wrote before has been sent.</summary>
[Collection(nameof(RealServers))]
public sealed class DisposeTests
{
    public static MatrixTheoryData<Way, Transport> EveryWay => new(Enum.GetValues<Way>(), Enum.GetValues<Transport>());

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_disposed_client_closes_its_sockets(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        (ConnectionMultiplexer client, List<Socket> sockets) = await ConnectAsync(server, way, transport);
        await client.DisposeAsync().Guarded();
        await ShouldCloseAsync(sockets);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_client_disposed_in_the_midst_of_commands_closes_its_sockets_and_ends_each_of_them(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        (ConnectionMultiplexer client, List<Socket> sockets) = await ConnectAsync(server, way, transport);
        byte[] value = Payload.Seeded(100_000);
        TaskCompletionSource underWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] callers = [.. Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await client.GetDatabase().StringSetAsync("key", value);
                    underWay.TrySetResult();
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or RedisException or OperationCanceledException)
            {
                // The client is gone.
            }
        }))];
        await underWay.Task.Guarded();
        await client.DisposeAsync().Guarded();
        await Task.WhenAll(callers).Guarded();
        await ShouldCloseAsync(sockets);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task Closing_waits_for_the_replies_and_loses_no_command(Way way, Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        (ConnectionMultiplexer client, List<Socket> sockets) = await ConnectAsync(server, way, transport);
        Task<long>[] counts = [.. Enumerable.Range(0, 1000).Select(_ => client.GetDatabase().StringIncrementAsync("n"))];
        await client.CloseAsync(allowCommandsToComplete: true).Guarded();
        (await Task.WhenAll(counts).Guarded()).Should().Equal(Enumerable.Range(1, 1000).Select(i => (long)i));
        await client.DisposeAsync().Guarded();
        await ShouldCloseAsync(sockets);
    }

    private static async Task<(ConnectionMultiplexer Client, List<Socket> Sockets)> ConnectAsync(RedisServer server, Way way, Transport transport)
    {
        List<Socket> sockets = [];
        ConfigurationOptions configuration = server.Configuration(way).Use(transport);
        configuration.Protocol = RedisProtocol.Resp2;
        configuration.BeforeSocketConnect = (_, _, socket) =>
        {
            lock (sockets) sockets.Add(socket);
        };
        ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration).Guarded();
        await client.GetDatabase().PingAsync().Guarded();
        return (client, sockets);
    }

    private static async Task ShouldCloseAsync(List<Socket> sockets)
    {
        sockets.Should().NotBeEmpty();
        await Soon.HoldsAsync(() => Task.FromResult(sockets.TrueForAll(socket => socket.SafeHandle.IsClosed)), "every socket is closed");
    }
}
