using System.IO.Pipelines;

namespace StreamPipes.Tests.Relaying;

/// <summary>A relay that comes to its orderly end: every byte, both ends, and nothing beyond.</summary>
public sealed class RelayTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task A_megabyte_each_way_arrives_whole_and_is_counted()
    {
        await using RelayBench bench = await RelayBench.StartAsync();

        await bench.ShouldPassAsync(Payload.Seeded(Megabyte, 1), Payload.Seeded(Megabyte + 17, 2));

        RelayResult result = await bench.Relay.Guarded();
        result.BytesToOther.Should().Be(Megabyte);
        result.BytesFromOther.Should().Be(Megabyte + 17);
        result.IsComplete.Should().BeTrue();
        bench.ShouldHaveDisposedBoth();
        bench.Inner.CloseReason.Should().Be(CloseReason.RemoteClose);
        bench.Outer.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public Task A_thousand_relays_pass_every_byte_and_both_ends() => LongRun.RepeatAsync(1000, async round =>
    {
        Random random = Payload.NewRandom(round);
        await using RelayBench bench = await RelayBench.StartAsync();

        await bench.ShouldPassAsync(Payload.Seeded(random.Next(200_000), round), Payload.Seeded(random.Next(200_000), round + 1));

        (await bench.Relay.Guarded()).IsComplete.Should().BeTrue();
    });

    [Theory]
    [InlineData(PumpScheduling.Default, PumpScheduling.Inline)]
    [InlineData(PumpScheduling.Inline, PumpScheduling.ThreadPool)]
    [InlineData(PumpScheduling.ThreadPool, PumpScheduling.DedicatedThreads)]
    [InlineData(PumpScheduling.DedicatedThreads, PumpScheduling.Default)]
    public async Task Every_scheduling_passes_every_byte(PumpScheduling inner, PumpScheduling outer)
    {
        await using RelayBench bench = await RelayBench.StartAsync(
            innerOptions: new PipeConnectionOptions { Scheduling = inner }, outerOptions: new PipeConnectionOptions { Scheduling = outer });

        await bench.ShouldPassAsync(Payload.Seeded(300_000, 3), Payload.Seeded(200_000, 4));

        (await bench.Relay.Guarded()).IsComplete.Should().BeTrue();
    }

    [Fact]
    public async Task Nothing_but_two_ends_is_passed_on_as_two_ends()
    {
        await using RelayBench bench = await RelayBench.StartAsync();

        await bench.ShouldPassAsync([], []);

        RelayResult result = await bench.Relay.Guarded();
        (result.BytesToOther, result.BytesFromOther, result.IsComplete).Should().Be((0L, 0L, true));
    }

    [Fact]
    public async Task Small_messages_pass_one_by_one_without_a_further_message_to_push_them()
    {
        await using RelayBench bench = await RelayBench.StartAsync();
        for (int i = 0; i < 200; i++) await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_half_close_is_passed_on_and_the_opposite_direction_continues(bool isClientFirst)
    {
        await using RelayBench bench = await RelayBench.StartAsync();
        (PipeConnection first, PipeConnection second) = isClientFirst ? (bench.Client, bench.Server) : (bench.Server, bench.Client);
        await first.Output.WriteTextAsync("that is all");
        await first.Output.CompleteAsync().Guarded();
        (await second.Input.ReadTextAsync(11)).Should().Be("that is all");
        await second.Input.ShouldEndAsync();

        byte[] answer = Payload.Seeded(Megabyte, 5);
        Task<byte[]> answering = first.Input.TakeAllAsync();
        await second.Output.WriteAsync(answer).Guarded();
        bench.Relay.IsCompleted.Should().BeFalse();
        await second.Output.CompleteAsync().Guarded();

        Payload.HashOf(await answering).Should().Be(Payload.HashOf(answer));
        RelayResult result = await bench.Relay.Guarded();
        result.IsComplete.Should().BeTrue();
        (isClientFirst ? result.BytesToOther : result.BytesFromOther).Should().Be(11);
    }

    [Fact]
    public async Task What_was_received_and_written_before_goes_first_and_only_what_was_relayed_is_counted()
    {
        (PipeConnection client, PipeConnection inner) = Pair();
        (PipeConnection server, PipeConnection outer) = Pair();
        await client.Output.WriteTextAsync("CONNECT then more");
        (await inner.Input.ReadTextAsync(7)).Should().Be("CONNECT");
        outer.Output.Put("hello "u8);

        await using RelayBench bench = RelayBench.Start(client, server, inner, outer);
        (await server.Input.ReadTextAsync(16)).Should().Be("hello  then more");
        await client.Output.CompleteAsync().Guarded();
        await server.Output.CompleteAsync().Guarded();

        RelayResult result = await bench.Relay.Guarded();
        result.BytesToOther.Should().Be(10);
        result.BytesFromOther.Should().Be(0);
    }

    [Fact]
    public async Task A_cancelled_read_or_flush_of_somebody_else_does_not_end_the_relay()
    {
        await using RelayBench bench = await RelayBench.StartAsync();

        bench.Inner.Input.CancelPendingRead();
        bench.Outer.Output.CancelPendingFlush();

        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);
    }

    [Fact]
    public async Task Two_hundred_relays_at_a_time_pass_every_byte()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(PassAsync)).WaitAsync(TimeSpan.FromSeconds(60));

        static async Task PassAsync(int seed)
        {
            await using RelayBench bench = await RelayBench.StartAsync();
            byte[] there = Payload.Seeded(20_000 + seed, seed);
            await bench.Client.Output.WriteAsync(there);
            await bench.Client.Output.CompleteAsync();
            await bench.Server.Output.WriteAsync(await bench.Server.Input.TakeAllAsync());
            await bench.Server.Output.CompleteAsync();
            Payload.HashOf(await bench.Client.Input.TakeAllAsync()).Should().Be(Payload.HashOf(there));
            RelayResult result = await bench.Relay;
            (result.BytesToOther, result.BytesFromOther, result.IsComplete).Should().Be((there.Length, there.Length, true));
        }
    }

    [Fact]
    public async Task A_call_that_is_refused_leaves_both_connections_as_they_were()
    {
        (PipeConnection client, PipeConnection inner) = Pair();
        (PipeConnection server, PipeConnection outer) = Pair();
        Assert.Throws<ArgumentNullException>("other", () => { _ = inner.RelayAsync(null!); });
        Assert.Throws<ArgumentException>("other", () => { _ = inner.RelayAsync(inner); });
        Task<ReadResult> pending = outer.Input.ReadAsync().AsTask();
        Assert.Throws<InvalidOperationException>(() => { _ = inner.RelayAsync(outer); }).Message.Should().Contain("before RelayAsync");
        outer.Input.CancelPendingRead();
        (await pending.Guarded()).IsCanceled.Should().BeTrue();

        await PipeExtensions.ShouldTalkAsync(client, inner);
        await PipeExtensions.ShouldTalkAsync(server, outer);
        await inner.Output.CompleteAsync().Guarded();
        Assert.Throws<InvalidOperationException>(() => { _ = outer.RelayAsync(inner); });
        await PipeExtensions.ShouldTalkAsync(server, outer);
        foreach (PipeConnection connection in new[] { client, inner, server, outer }) connection.Abort();
    }

    private static (PipeConnection Peer, PipeConnection OfRelay) Pair()
    {
        StreamPair pair = StreamPairs.InMemory();
        return (StreamConnection.Create(pair.Client), StreamConnection.Create(pair.Server));
    }
}
