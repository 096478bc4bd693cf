using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task UnflushedBytes_counts_what_no_flush_has_covered()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeWriter output = pair.Client.Output;

        output.CanGetUnflushedBytes.Should().BeTrue();
        output.UnflushedBytes.Should().Be(0);
        output.Put(new byte[5]);
        output.Put(new byte[7]);
        output.UnflushedBytes.Should().Be(12);
        await output.FlushAsync().Guarded();
        output.UnflushedBytes.Should().Be(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public async Task A_writer_gets_at_least_the_memory_it_asks_for(int size)
    {
        await using ConnectedPair pair = await ConnectAsync();

        pair.Client.Output.GetMemory(size).Length.Should().BeGreaterThanOrEqualTo(Math.Max(1, size));
        pair.Client.Output.GetSpan(size).Length.Should().BeGreaterThanOrEqualTo(Math.Max(1, size));
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_flush_waits_while_the_peer_does_not_read_and_goes_on_when_it_does()
    {
        await using ConnectedPair pair = await ConnectAsync();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);

        byte[] received = await pair.Server.Input.TakeAsync(stuck.Written);

        (await stuck.Flush.Guarded()).IsCompleted.Should().BeFalse();
        Payload.HashOf(received).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Complete_sends_what_was_not_flushed()
    {
        await using ConnectedPair pair = await ConnectAsync();
        pair.Client.Output.Put("not flushed"u8);

        await EndSendingAsync(pair.Client);

        (await pair.Server.Input.TakeAllAsync()).Should().Equal("not flushed"u8.ToArray());
    }

    [Fact]
    public async Task CompleteAsync_loses_no_final_byte_in_any_of_many_connections()
    {
        for (int i = 0; i < 25; i++)
        {
            await using ConnectedPair pair = await ConnectAsync();
            byte[] payload = Payload.Seeded(200 + i, seed: i);
            foreach (byte[] message in payload.Chunk(10)) await pair.Client.Output.WriteAsync(message).Guarded();

            await EndSendingAsync(pair.Client);

            (await pair.Server.Input.TakeAllAsync()).Should().Equal(payload);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Half_close_lets_the_other_direction_go_on(bool byServer)
    {
        SkipIf(NoHalfClose);
        await using ConnectedPair pair = await ConnectAsync();
        (IDuplexPipe first, IDuplexPipe second) = pair.Ends(byServer);

        await first.Output.WriteTextAsync("question");
        await first.Output.CompleteAsync().Guarded();
        (await second.Input.TakeAllAsync()).Should().Equal("question"u8.ToArray());

        await second.Output.WriteTextAsync("answer");
        (await first.Input.ReadTextAsync(6)).Should().Be("answer");
        await second.Output.CompleteAsync().Guarded();
        await first.Input.ShouldEndAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Half_close_while_data_comes_in_loses_none_of_it(bool byServer)
    {
        SkipIf(NoHalfClose);
        await using ConnectedPair pair = await ConnectAsync();
        (IDuplexPipe first, IDuplexPipe second) = pair.Ends(byServer);
        byte[] payload = Payload.Seeded(2_000_000);
        Task<byte[]> receiving = first.Input.TakeAllAsync();
        Task sending = SendAsync(second.Output, payload, seed: 9);

        await first.Output.WriteTextAsync("no more from here");
        await first.Output.CompleteAsync().Guarded();
        (await second.Input.TakeAllAsync()).Should().Equal("no more from here"u8.ToArray());
        await sending.Guarded();
        await second.Output.CompleteAsync().Guarded();

        Payload.HashOf(await receiving.Guarded()).Should().Be(Payload.HashOf(payload));
    }

    [Fact]
    public async Task Empty_writes_and_flushes_of_nothing_change_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        for (int i = 0; i < 10; i++)
        {
            (await pair.Client.Output.WriteAsync(ReadOnlyMemory<byte>.Empty).Guarded()).IsCompleted.Should().BeFalse();
            pair.Client.Output.Put([]);
            (await pair.Client.Output.FlushAsync().Guarded()).IsCanceled.Should().BeFalse();
        }

        pair.Server.Input.TryRead(out _).Should().BeFalse();
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Memory_kept_across_a_flush_that_does_not_cover_it_is_still_the_writers()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeWriter output = pair.Client.Output;
        output.Put("one"u8);
        await output.FlushAsync().Guarded();
        Memory<byte> memory = output.GetMemory(3);
        "two"u8.CopyTo(memory.Span);

        (await pair.Server.Input.ReadTextAsync(3)).Should().Be("one");
        output.Advance(3);
        await output.FlushAsync().Guarded();

        (await pair.Server.Input.ReadTextAsync(3)).Should().Be("two");
    }
}
