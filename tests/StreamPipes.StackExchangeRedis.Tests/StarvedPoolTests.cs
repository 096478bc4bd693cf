using StackExchange.Redis;
using StreamPipes.StackExchangeRedis.Tests.Testing;

namespace StreamPipes.StackExchangeRedis.Tests;

/// <summary>A hundred callers that block every thread the pool may have: no reply can be processed by a thread of the pool.</summary>
[Collection(nameof(RunsAlone))]
public sealed class StarvedPoolTests
{
    private const int Callers = 100;
    private const int Commands = 20;

    /// <summary>Fewer than callers, so that those who wait for a thread get each that becomes free before any reply does.</summary>
    private const int Threads = 90;

    /// <summary>So many callers must have a thread before any begins. Others of the pool's threads may be in use elsewhere.</summary>
    private const int Ready = 60;

    [Theory]
    [InlineData(Way.Plain)]
    [InlineData(Way.Tls)]
    [InlineData(Way.UnixSocket)]
    public async Task With_dedicated_threads_every_command_is_answered(Way way)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        (int answered, int timedOut) = await RunAsync(server.Configuration(way).Use(Transport.DedicatedThreads));
        timedOut.Should().Be(0);
        answered.Should().Be(Callers * Commands);
    }

    [Theory]
    [InlineData(Transport.Stock)]
    [InlineData(Transport.Pipes)]
    public async Task By_default_commands_time_out(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        ConfigurationOptions configuration = server.Configuration(Way.Tls).Use(transport);
        configuration.SyncTimeout = 1000;
        (_, int timedOut) = await RunAsync(configuration);
        timedOut.Should().BePositive("that is what the documentation says of it");
    }

    /// <summary>A caller gives up at its first time-out, so that the pool gets its threads back however the experiment ends.</summary>
    private static async Task<(int Answered, int TimedOut)> RunAsync(ConfigurationOptions configuration)
    {
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration).Guarded();
        IDatabase database = client.GetDatabase();
        await database.StringSetAsync("key", "value").Guarded();
        TaskCompletionSource<(int, int)> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => result.SetResult(Starve(database))) { IsBackground = true }.Start();
        return await result.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static (int Answered, int TimedOut) Starve(IDatabase database)
    {
        int answered = 0;
        int timedOut = 0;
        int missing = Ready;
        ThreadPool.GetMinThreads(out int minimum, out int minimumPorts);
        ThreadPool.GetMaxThreads(out int maximum, out int maximumPorts);
        using CountdownEvent ready = new(Ready);
        using CountdownEvent done = new(Callers);
        using ManualResetEventSlim start = new();
        ThreadPool.SetMinThreads(Threads, minimumPorts).Should().BeTrue();
        ThreadPool.SetMaxThreads(Threads, maximumPorts).Should().BeTrue();
        try
        {
            for (int i = 0; i < Callers; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => Call(), state: null);
            ready.Wait();
            start.Set();
            done.Wait();
        }
        finally
        {
            ThreadPool.SetMaxThreads(maximum, maximumPorts);
            ThreadPool.SetMinThreads(minimum, minimumPorts);
        }

        return (answered, timedOut);

        void Call()
        {
            if (Interlocked.Decrement(ref missing) >= 0) ready.Signal();
            start.Wait();
            try
            {
                for (int i = 0; i < Commands; i++)
                {
                    if (database.StringGet("key") == "value") Interlocked.Increment(ref answered);
                }
            }
            catch (RedisTimeoutException)
            {
                Interlocked.Increment(ref timedOut);
            }
            finally
            {
                done.Signal();
            }
        }
    }
}
