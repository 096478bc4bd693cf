#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Timeouts;

/// <summary>What the time limits cost: one timer for each connection that has any, none for each read or write, and no garbage.</summary>
[Collection(nameof(RunsAlone))]
public sealed class TimerCostTests
{
    private const int Rounds = 3000;

    // The count is the whole process's, and something is made once in a while: by the runtime, or a block in place of those a full
    // collection freed. So the least of some measurements counts: one object per round would be 24 bytes at least in each of them.
    private const long Tolerance = 8 * Rounds;
    private const int Measurements = 5;

    private readonly CountingTimeProvider _clock = new();

    [Fact]
    public async Task By_default_a_connection_in_use_has_no_timer()
    {
        await using StreamPair pair = StreamPairs.InMemory();
        PipeConnection connection = StreamConnection.Create(pair.Client, new PipeConnectionOptions { TimeProvider = _clock });

        for (int i = 0; i < 100; i++) await TalkAsync(connection, pair.Server);

        _clock.Created.Should().Be(0);
        connection.Abort();
    }

    [Fact]
    public async Task With_every_limit_a_connection_in_use_has_one_timer()
    {
        await using StreamPair pair = StreamPairs.InMemory();
        PipeConnection connection = StreamConnection.Create(pair.Client, Limited());

        for (int i = 0; i < 100; i++) await TalkAsync(connection, pair.Server);

        _clock.Created.Should().Be(1);
        connection.Abort();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_each_way_allocates_nothing_with_or_without_limits(bool isLimited)
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client, isLimited ? Limited() : null);
        byte[] message = new byte[64];
        byte[] buffer = new byte[64];

        long least = long.MaxValue;
        for (int i = 0; i < Measurements && least >= Tolerance; i++)
        {
            least = Math.Min(least, await MeasureAsync(connection, pair.Server, message, buffer).Guarded());
        }

        least.Should().BeLessThan(Tolerance);
        connection.Abort();
    }

    private PipeConnectionOptions Limited() => new()
    {
        TimeProvider = _clock,
        IdleTimeout = TimeSpan.FromHours(1),
        WriteTimeout = TimeSpan.FromHours(1),
        CloseTimeout = TimeSpan.FromHours(1),
    };

    /// <summary>One method for both loops, since each wait would be a box of its own otherwise.</summary>
    private static async Task<long> MeasureAsync(PipeConnection connection, Stream peer, byte[] message, byte[] buffer)
    {
        long before = 0;
        for (int i = 0; i < 2 * Rounds; i++)
        {
            if (i == Rounds) before = GC.GetTotalAllocatedBytes(precise: true);
            await connection.Output.WriteAsync(message);
            int got = 0;
            while (got < message.Length) got += await peer.ReadAsync(buffer.AsMemory(got));
            await peer.WriteAsync(message);
            ReadResult result = await connection.Input.ReadAsync();
            while (result.Buffer.Length < message.Length)
            {
                connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await connection.Input.ReadAsync();
            }

            connection.Input.AdvanceTo(result.Buffer.End);
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static async Task TalkAsync(PipeConnection connection, Stream peer)
    {
        await connection.Output.WriteTextAsync("ping");
        await peer.ReadExactlyAsync(new byte[4]).Guarded();
        await peer.WriteAsync("pong"u8.ToArray()).Guarded();
        await peer.FlushAsync().Guarded();
        (await connection.Input.ReadTextAsync(4)).Should().Be("pong");
    }
}
#endif
