namespace StreamPipes.Testing.Tests.Streams;

/// <summary>The streams for tests, each by what it does to another.</summary>
public sealed class StreamTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];

    [Fact]
    public async Task A_chunking_stream_gives_and_writes_at_most_the_chosen_sizes()
    {
        await using ScriptedStream inner = new ScriptedStream().Gives(Bytes).Ends();
        await using ChunkingStream chunking = new(inner, readSize: 7, writeSize: 30);
        List<int> reads = await ReadSizesAsync(chunking);
        reads.Should().Equal([.. Enumerable.Repeat(7, 14), 2]);
        await chunking.WriteAsync(Bytes).AsTask().Guarded();
        inner.GetWriteSizes().Should().Equal(30, 30, 30, 10);
        inner.GetWritten().Should().Equal(Bytes);
    }

    [Fact]
    public async Task A_chunking_stream_draws_the_same_sizes_from_the_same_seed_and_others_from_another()
    {
        List<int> first = await SizesOfAsync(seed: 1);
        (await SizesOfAsync(seed: 1)).Should().Equal(first);
        (await SizesOfAsync(seed: 2)).Should().NotEqual(first);
        first.Sum().Should().Be(Bytes.Length);

        static async Task<List<int>> SizesOfAsync(int seed)
        {
            await using ChunkingStream chunking = ChunkingStream.FromSeed(new ScriptedStream().Gives(Bytes).Ends(), seed, maximumReadSize: 40);
            return await ReadSizesAsync(chunking);
        }
    }

    [Fact]
    public async Task A_faulty_stream_reads_up_to_its_byte_and_then_throws_the_exception_again_and_again()
    {
        IOException fault = new("the cable was pulled");
        await using FaultyStream faulty = new(new ScriptedStream().Gives(Bytes).Ends(), fault) { ReadableBytes = 10 };
        (await faulty.ReadAsync(new byte[100]).Guarded()).Should().Be(10);
        for (int i = 0; i < 2; i++) await Fails(fault, () => faulty.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task A_faulty_stream_writes_what_is_before_its_byte()
    {
        IOException fault = new("the cable was pulled");
        ScriptedStream inner = new();
        await using FaultyStream faulty = new(inner, fault) { WritableBytes = 30 };
        await Fails(fault, async () => await faulty.WriteAsync(Bytes));
        inner.GetWritten().Should().Equal(Bytes[..30]);
    }

    [Fact]
    public async Task A_faulty_stream_fails_from_the_chosen_call_on()
    {
        IOException fault = new("the cable was pulled");
        await using FaultyStream faulty = new(new ScriptedStream().Gives(Bytes), fault) { FailingRead = 2, FailingWrite = 2, FailingFlush = 1 };
        (await faulty.ReadAsync(new byte[1]).Guarded()).Should().Be(1);
        await Fails(fault, () => faulty.ReadAsync(new byte[1]).AsTask());
        await faulty.WriteAsync(Bytes).AsTask().Guarded();
        await Fails(fault, async () => await faulty.WriteAsync(Bytes));
        await Fails(fault, () => faulty.FlushAsync());
    }

    [Fact]
    public async Task A_faulty_stream_that_fails_its_dispose_has_disposed_its_inner_stream()
    {
        IOException fault = new("the cable was pulled");
        ScriptedStream inner = new();
        FaultyStream faulty = new(inner, fault) { FailsDispose = true };
        await Fails(fault, async () => await faulty.DisposeAsync());
        inner.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_stuck_read_continues_when_it_is_released()
    {
        await using StuckStream stuck = new(new ScriptedStream().Gives(Bytes));
        Task<int> reading = stuck.ReadAsync(new byte[100]).AsTask();
        await stuck.Held.Guarded();
        reading.IsCompleted.Should().BeFalse();
        stuck.Release();
        (await reading.Guarded()).Should().Be(100);
        await stuck.WriteAsync(Bytes).AsTask().Guarded();
    }

    [Fact]
    public async Task A_stuck_write_ends_by_its_token_or_by_the_dispose()
    {
        using CancellationTokenSource cancellation = new();
        StuckStream stuck = new(new ScriptedStream());
        Task canceled = stuck.WriteAsync(Bytes, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Func<Task> waiting = () => canceled.Guarded();
        await waiting.Should().ThrowAsync<OperationCanceledException>();
        Task disposed = stuck.WriteAsync(Bytes, CancellationToken.None).AsTask();
        await stuck.DisposeAsync().AsTask().Guarded();
        waiting = () => disposed.Guarded();
        await waiting.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_stuck_stream_that_ignores_tokens_and_dispose_ends_by_its_release_alone()
    {
        using CancellationTokenSource cancellation = new();
        StuckStream stuck = new(new ScriptedStream()) { IgnoresTokens = true, IgnoresDispose = true, HoldsFlushes = true, HoldsWrites = false };
        Task flushing = stuck.FlushAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await stuck.DisposeAsync().AsTask().Guarded();
        flushing.IsCompleted.Should().BeFalse();
        stuck.Release();
        await flushing.Guarded();
    }

    [Fact]
    public async Task A_scripted_stream_follows_its_script_and_waits_past_the_end_of_it()
    {
        TaskCompletionSource gate = new();
        await using ScriptedStream scripted = new ScriptedStream().Gives("ab").Gives("c").Waits(gate.Task).Gives("d");
        byte[] buffer = new byte[10];
        (await scripted.ReadAsync(buffer).Guarded()).Should().Be(2);
        (await scripted.ReadAsync(buffer).Guarded()).Should().Be(1);
        Task<int> waiting = scripted.ReadAsync(buffer).AsTask();
        waiting.IsCompleted.Should().BeFalse();
        gate.SetResult();
        (await waiting.Guarded()).Should().Be(1);
        buffer[0].Should().Be((byte)'d');
        waiting = scripted.ReadAsync(buffer).AsTask();
        waiting.IsCompleted.Should().BeFalse();
        scripted.Ends();
        (await waiting.Guarded()).Should().Be(0);
        (await scripted.ReadAsync(buffer).Guarded()).Should().Be(0);
    }

    [Fact]
    public async Task A_scripted_error_is_thrown_by_every_read_that_follows()
    {
        IOException fault = new("reset");
        await using ScriptedStream scripted = new ScriptedStream().Gives("a").Fails(fault);
        (await scripted.ReadAsync(new byte[10]).Guarded()).Should().Be(1);
        for (int i = 0; i < 2; i++) await Fails(fault, () => scripted.ReadAsync(new byte[10]).AsTask());
    }

    [Fact]
    public async Task A_pending_read_of_a_scripted_stream_ends_by_its_token_and_by_the_dispose()
    {
        using CancellationTokenSource cancellation = new();
        ScriptedStream scripted = new();
        Task<int> canceled = scripted.ReadAsync(new byte[1], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Func<Task> waiting = () => canceled.Guarded();
        await waiting.Should().ThrowAsync<OperationCanceledException>();
        Task<int> disposed = scripted.ReadAsync(new byte[1], CancellationToken.None).AsTask();
        await scripted.DisposeAsync();
        waiting = () => disposed.Guarded();
        await waiting.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public void Blocking_calls_lead_to_the_asynchronous_methods()
    {
        using ScriptedStream scripted = new ScriptedStream().Gives("abc");
        byte[] buffer = new byte[10];
        scripted.Read(buffer, 1, 2).Should().Be(2);
        scripted.Write(buffer, 0, 3);
        scripted.Flush();
        scripted.GetWritten().Should().Equal(0, (byte)'a', (byte)'b');
        Action seeking = () => scripted.Seek(0, SeekOrigin.Begin);
        seeking.Should().Throw<NotSupportedException>();
    }

    [Fact]
    public void Streams_for_tests_work_over_those_of_the_virtual_network()
    {
        VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams();
            StuckStream stuck = new(ChunkingStream.FromSeed(server, network.Seed)) { HoldsWrites = false };
            await using PipeConnection connection = StreamConnection.Create(stuck, network.OptionsFor(null));
            await client.WriteAsync(Bytes);
            await stuck.Held;
            await network.DelayAsync(TimeSpan.FromSeconds(1));
            connection.BytesReceived.Should().Be(0);
            stuck.Release();
            (await connection.Input.ReadAtLeastAsync(100)).Buffer.Length.Should().Be(100);
            client.Reset();
        });
    }

    private static async Task<List<int>> ReadSizesAsync(Stream stream)
    {
        List<int> sizes = [];
        int read;
        while ((read = await stream.ReadAsync(new byte[1000]).Guarded()) > 0) sizes.Add(read);
        return sizes;
    }

    private static async Task Fails(Exception fault, Func<Task> action) => (await action.Should().ThrowAsync<IOException>()).Which.Should().BeSameAs(fault);
}
