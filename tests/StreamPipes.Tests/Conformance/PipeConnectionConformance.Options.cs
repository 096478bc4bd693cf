using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class PipeConnectionConformance
{
    private const int SmallTransfer = 500_000;

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.Inline)]
    [InlineData(PumpScheduling.ThreadPool)]
    [InlineData(PumpScheduling.DedicatedThreads)]
    public async Task Every_scheduling_carries_dialogue_and_bulk(PumpScheduling scheduling)
    {
        PipeConnectionOptions options = new() { Scheduling = scheduling };
        await using ConnectedPair pair = await ConnectAsync(options, options);

        for (int i = 0; i < 50; i++) await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
        await TransferBothWaysAsync(pair, SmallTransfer);
        await CloseAsync(pair);
        await pair.ClientConnection.Completion.Guarded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Empty_reads_may_be_on_or_off(bool useZeroByteReads)
    {
        PipeConnectionOptions options = new() { UseZeroByteReads = useZeroByteReads };
        await using ConnectedPair pair = await ConnectAsync(options, options);

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
        await TransferBothWaysAsync(pair, SmallTransfer);
        await EndSendingAsync(pair.Client);
        await pair.Server.Input.ShouldEndAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public async Task MinimumReadSize_and_MaximumWriteSize_may_have_any_size(int size)
    {
        PipeConnectionOptions options = new() { MinimumReadSize = size, MaximumWriteSize = size };
        await using ConnectedPair pair = await ConnectAsync(options, options);

        await TransferBothWaysAsync(pair, SmallTransfer);
    }

    [Fact]
    public async Task FlushThrough_ends_when_the_bytes_have_been_sent()
    {
        PipeConnectionOptions options = new() { FlushThrough = true };
        await using ConnectedPair pair = await ConnectAsync(options, options);

        for (int sent = 1000; sent <= 10_000; sent += 1000)
        {
            pair.Client.Output.Put(new byte[400]);
            pair.Client.Output.Put(new byte[600]);
            await pair.Client.Output.FlushAsync().Guarded();
            pair.ClientConnection.BytesSent.Should().Be(sent);
        }

        (await pair.Server.Input.TakeAsync(10_000)).Should().HaveCount(10_000);
        await TransferBothWaysAsync(pair, SmallTransfer);
        await CloseAsync(pair);
    }

    [Fact]
    public async Task FlushThrough_waits_for_a_peer_that_does_not_read()
    {
        PipeConnectionOptions options = new() { FlushThrough = true };
        await using ConnectedPair pair = await ConnectAsync(options, options);
        using CancellationTokenSource source = new();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output, source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.Flush.Guarded());
        Payload.HashOf(await pair.Server.Input.TakeAsync(stuck.Written)).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Bytes_are_counted_the_right_way_round()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await pair.Client.Output.WriteAsync(new byte[1000]).Guarded();
        await pair.Server.Input.TakeAsync(1000);
        await pair.Server.Output.WriteAsync(new byte[77]).Guarded();
        await pair.Client.Input.TakeAsync(77);
        await CloseAsync(pair);

        pair.ClientConnection.BytesSent.Should().Be(1000);
        pair.ClientConnection.BytesReceived.Should().Be(77);
        pair.ServerConnection.BytesSent.Should().Be(77);
        pair.ServerConnection.BytesReceived.Should().Be(1000);
    }

    [Theory]
    [InlineData(4096, PumpScheduling.Default)]
    [InlineData(16, PumpScheduling.Default)]
    [InlineData(4096, PumpScheduling.ThreadPool)]
    [InlineData(16, PumpScheduling.ThreadPool)]
    public async Task A_pool_gets_back_every_block_once_and_untouched(int blockSize, PumpScheduling scheduling)
    {
        CountingMemoryPool pool = new(blockSize);
        await using ConnectedPair pair = await ConnectAsync(new PipeOptions(pool, minimumSegmentSize: blockSize), scheduling);

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
        await TransferBothWaysAsync(pair, SmallTransfer);
        await CloseAsync(pair);

        pool.AssertClean();
    }

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.ThreadPool)]
    public async Task A_pool_gets_back_every_block_of_an_aborted_connection(PumpScheduling scheduling)
    {
        CountingMemoryPool pool = new();
        await using ConnectedPair pair = await ConnectAsync(new PipeOptions(pool, minimumSegmentSize: 4096), scheduling);
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);

        pair.ClientConnection.Abort();
        pair.ServerConnection.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => stuck.Flush.Guarded());
        await CloseAsync(pair);
        pool.AssertClean();
    }

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.ThreadPool)]
    public async Task A_pool_of_memory_that_is_no_array_works(PumpScheduling scheduling)
    {
        NativeMemoryPool pool = new();
        await using ConnectedPair pair = await ConnectAsync(new PipeOptions(pool, minimumSegmentSize: 4096), scheduling);

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
        await TransferBothWaysAsync(pair, SmallTransfer);
        await CloseAsync(pair);

        pool.Outstanding.Should().Be(0);
    }
}
