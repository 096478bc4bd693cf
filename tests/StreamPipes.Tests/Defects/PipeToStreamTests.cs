using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>Pipe to stream: crashes, lies about the end, and lost writes (defects 7, 8 and 19).</summary>
public sealed class PipeToStreamTests
{
    private readonly byte[] _buffer = new byte[100];

    [Fact]
    public async Task A_fault_surfaces_on_the_read_that_is_pending_and_never_on_a_pool_thread()
    {
        IOException fault = new("the stream broke");
        Gate gate = new();
        await using Stream stream = StreamConnection.Create(new ScriptedStream().Wait(gate).ReadError(fault)).AsStream();
        Task<int> read = stream.ReadAsync(_buffer).AsTask();

        gate.Release();

        (await Assert.ThrowsAsync<IOException>(() => read.Guarded())).Should().BeSameAs(fault);
    }

    [Fact]
    public async Task A_reset_surfaces_on_the_read_that_is_pending()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeConnection peer = StreamConnection.Create(pair.Server);
        await using Stream stream = StreamConnection.Create(pair.Client).AsStream();
        Task<int> read = stream.ReadAsync(_buffer).AsTask();

        peer.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => read.Guarded());
    }

    [Fact]
    public async Task A_token_ends_the_read_that_is_pending_and_the_next_gets_the_bytes()
    {
        using CancellationTokenSource source = new();
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        await using Stream stream = near.AsStream();
        Task<int> read = stream.ReadAsync(_buffer, source.Token).AsTask();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        await far.Output.WriteTextAsync("bytes");

        (await stream.ReadAsync(_buffer).Guarded()).Should().Be(5);
    }

    [Fact]
    public void ReadByte_says_minus_one_at_the_end_again_and_again()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        using Stream stream = near.AsStream();
        far.Output.Put([7]);
        far.Output.Complete();

        stream.ReadByte().Should().Be(7);
        stream.ReadByte().Should().Be(-1);
        stream.ReadByte().Should().Be(-1);
    }

    [Fact]
    public async Task CancelPendingRead_does_not_read_as_the_end()
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        await using Stream stream = near.AsStream();
        Task<int> read = stream.ReadAsync(_buffer).AsTask();

        near.Input.CancelPendingRead();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
    }

    [Fact]
    public async Task A_write_that_waits_honours_its_token()
    {
        using CancellationTokenSource source = new();
        (IDuplexPipe near, _) = DuplexPipe.CreatePair(new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 50, useSynchronizationContext: false));
        await using Stream stream = near.AsStream();
        Task write = stream.WriteAsync(new byte[1000], source.Token).AsTask();
        write.IsCompleted.Should().BeFalse();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.Guarded());
    }

    [Fact]
    public async Task A_write_to_a_pipe_that_nobody_reads_any_more_does_not_vanish()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        Stream stream = near.AsStream();
        far.Input.Complete();

        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[10]).Guarded());
        Assert.Throws<IOException>(() => stream.Write(new byte[10]));
    }

    [Fact]
    public async Task The_continuation_of_a_read_holds_no_lock()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        Stream stream = near.AsStream();
        Task<bool> reading = ReadThenUseElsewhereAsync(stream);

        await far.Output.WriteTextAsync("bytes");

        (await reading.Guarded()).Should().BeTrue("another thread could use the stream meanwhile");
    }

    [Fact]
    public void Reads_into_a_span_leave_no_block_rented()
    {
        CountingMemoryPool pool = new(blockSize: 64);
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(new PipeOptions(pool, minimumSegmentSize: 64, useSynchronizationContext: false));
        Stream stream = near.AsStream();
        far.Output.Put(new byte[1000]);
        far.Output.Complete();

        int total = 0;
        Span<byte> span = stackalloc byte[33];
        while (stream.Read(span) is > 0 and int read) total += read;
        stream.Dispose();
        far.Input.Complete();

        total.Should().Be(1000);
        pool.AssertClean();
    }

    [Fact]
    public async Task After_the_dispose_everything_throws_ObjectDisposedException()
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        Stream stream = near.AsStream();

        await stream.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(_buffer).Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.WriteAsync(_buffer).Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.FlushAsync().Guarded());
        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => stream.Write([1]));
    }

    [Fact]
    public async Task BeginRead_and_BeginWrite_run_beside_each_other()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        await using Stream stream = near.AsStream();
        Task<int> read = Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, _buffer, 0, 100, state: null);
        Task write = Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, "question"u8.ToArray(), 0, 8, state: null);

        await write.Guarded();
        (await far.Input.ReadTextAsync(8)).Should().Be("question");
        read.IsCompleted.Should().BeFalse();
        await far.Output.WriteTextAsync("answer");

        (await read.Guarded()).Should().Be(6);
    }

    /// <summary>Blocks the continuation on purpose: a lock held by its thread would stop the other one.</summary>
    private async Task<bool> ReadThenUseElsewhereAsync(Stream stream)
    {
        _ = await stream.ReadAsync(_buffer);
        Task elsewhere = Task.Run(async () =>
        {
            await stream.WriteAsync(new byte[10]);
            await stream.FlushAsync();
            await stream.DisposeAsync();
        });
        return ((IAsyncResult)elsewhere).AsyncWaitHandle.WaitOne(HangGuard.Limit);
    }
}
