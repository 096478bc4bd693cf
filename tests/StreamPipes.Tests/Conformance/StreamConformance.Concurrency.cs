namespace StreamPipes.Tests.Conformance;

public abstract partial class StreamConformance
{
    [Fact]
    public async Task Reads_and_writes_run_beside_each_other_at_both_ends()
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] there = Payload.Seeded(4_000_000, seed: 1);
        byte[] back = Payload.Seeded(4_000_000, seed: 2);
        byte[] receivedThere = new byte[there.Length];
        byte[] receivedBack = new byte[back.Length];

        await Task.WhenAll(
            WriteAwkwardlyAsync(pair.Client, there),
            WriteAwkwardlyAsync(pair.Server, back),
            pair.Server.ReadExactlyAsync(receivedThere).Guarded(),
            pair.Client.ReadExactlyAsync(receivedBack).Guarded());

        Payload.HashOf(receivedThere).Should().Be(Payload.HashOf(there));
        Payload.HashOf(receivedBack).Should().Be(Payload.HashOf(back));
    }

    [Fact]
    public async Task A_write_does_not_wait_for_a_pending_read_in_any_flavour()
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] answer = new byte[1];
        byte[] question = new byte[1];

        foreach (WriteFlavour flavour in Enum.GetValues<WriteFlavour>())
        {
            Task<int> read = Task.Factory.FromAsync(pair.Client.BeginRead, pair.Client.EndRead, answer, 0, 1, state: null);
            await StreamFlavours.WriteAsync(pair.Client, "?"u8.ToArray(), flavour).Guarded();
            await pair.Server.ReadExactlyAsync(question).Guarded();
            await pair.Server.WriteAsync("!"u8.ToArray()).Guarded();
            (await read.Guarded()).Should().Be(1, "of {0}", flavour);
        }
    }

    [Fact]
    public async Task A_blocking_write_does_not_wait_for_a_blocking_read()
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] question = new byte[1];
        Task<int> read = Task.Factory.StartNew(pair.Client.ReadByte, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await Task.Factory.StartNew(() => pair.Client.WriteByte((byte)'?'), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Guarded();
        await pair.Server.ReadExactlyAsync(question).Guarded();
        await pair.Server.WriteAsync("!"u8.ToArray()).Guarded();

        (await read.Guarded()).Should().Be('!');
    }

    [Fact]
    public async Task Small_writes_reach_the_peer_without_a_flush()
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(3000);
        byte[] received = new byte[payload.Length];

        foreach (byte[] piece in payload.Chunk(10)) await pair.Client.WriteAsync(piece).Guarded();

        await pair.Server.ReadExactlyAsync(received).Guarded();
        received.Should().Equal(payload);
    }

    [Fact]
    public async Task A_second_read_beside_a_pending_one_is_refused_and_hurts_nothing()
    {
        SkipIf(SecondReadDeviates);
        await using StreamPair pair = await ConnectAsync();
        byte[] buffer = new byte[5];
        Task<int> first = pair.Server.ReadAsync(buffer).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Server.ReadAsync(new byte[5]).Guarded());
        Assert.Throws<InvalidOperationException>(() => pair.Server.ReadByte());

        await pair.Client.WriteAsync("hello"u8.ToArray()).Guarded();
        (await first.Guarded()).Should().Be(5);
        buffer.Should().Equal("hello"u8.ToArray());
        await ShouldTalkAsync(pair);
    }

    [Fact]
    public async Task A_flush_in_any_flavour_beside_a_pending_read_ends()
    {
        await using StreamPair pair = await ConnectAsync();
        Task<int> read = pair.Client.ReadAsync(new byte[1]).AsTask();

        await Task.Run(pair.Client.Flush).Guarded();
        await pair.Client.FlushAsync().Guarded();

        read.IsCompleted.Should().BeFalse();
        await pair.Server.WriteAsync("x"u8.ToArray()).Guarded();
        (await read.Guarded()).Should().Be(1);
    }

    private static async Task WriteAwkwardlyAsync(Stream stream, byte[] payload)
    {
        for (int sent = 0, i = 0; sent < payload.Length; i++)
        {
            int size = Math.Min(payload.Length - sent, Payload.AwkwardSizes[i % Payload.AwkwardSizes.Length]);
            await stream.WriteAsync(payload.AsMemory(sent, size)).Guarded();
            sent += size;
        }

        await stream.FlushAsync().Guarded();
    }
}
