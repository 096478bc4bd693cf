using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>What <see cref="DuplexPipe.AsStream"/> owes besides the contract of <see cref="Stream"/>: what happens in the pipe shows in the stream.</summary>
public sealed class DuplexPipeStreamTests
{
    private readonly IDuplexPipe _peer;
    private readonly IDuplexPipe _pipe;

    public DuplexPipeStreamTests() => (_pipe, _peer) = DuplexPipe.CreatePair();

    [Fact]
    public async Task Writing_to_a_pipe_whose_reader_has_gone_throws_IOException()
    {
        Stream stream = _pipe.AsStream();
        await _peer.Input.CompleteAsync();

        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[1]).Guarded());
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[100_000]).Guarded());
        Assert.Throws<IOException>(() =>
        {
            stream.Write([1], 0, 1);
            stream.Flush();
        });
    }

    [Fact]
    public async Task A_fault_of_the_pipe_surfaces_on_the_pending_read()
    {
        Stream stream = _pipe.AsStream();
        Task<int> read = stream.ReadAsync(new byte[1]).AsTask();
        InvalidDataException fault = new("the other side broke");

        await _peer.Output.CompleteAsync(fault);

        (await Assert.ThrowsAsync<IOException>(() => read.Guarded())).InnerException.Should().BeSameAs(fault);
        (await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[1]).Guarded())).InnerException.Should().BeSameAs(fault);
        Assert.Throws<IOException>(() => stream.ReadByte()).InnerException.Should().BeSameAs(fault);
    }

    [Fact]
    public async Task CancelPendingRead_ends_a_read_with_OperationCanceledException_and_never_with_0()
    {
        Stream stream = _pipe.AsStream();
        Task<int> read = stream.ReadAsync(new byte[1]).AsTask();

        _pipe.Input.CancelPendingRead();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        await _peer.Output.WriteTextAsync("x");
        stream.ReadByte().Should().Be('x');
    }

    [Fact]
    public async Task CancelPendingFlush_ends_a_write_that_waits_and_its_bytes_stay()
    {
        Stream stream = _pipe.AsStream();
        byte[] payload = Payload.Seeded(1_000_000);
        Task write = stream.WriteAsync(payload).AsTask();
        write.IsCompleted.Should().BeFalse("the peer reads nothing");

        _pipe.Output.CancelPendingFlush();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.Guarded());
        (await _peer.Input.TakeAsync(payload.Length)).AsSpan().SequenceEqual(payload).Should().BeTrue();
    }

    [Fact]
    public async Task A_token_ends_a_write_that_waits_and_its_bytes_are_there_once()
    {
        Stream stream = _pipe.AsStream();
        byte[] payload = Payload.Seeded(1_000_000);
        using CancellationTokenSource source = new();
        Task write = stream.WriteAsync(payload, source.Token).AsTask();

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.Guarded())).CancellationToken.Should().Be(source.Token);
        await stream.DisposeAsync().Guarded();
        (await _peer.Input.TakeAllAsync()).AsSpan().SequenceEqual(payload).Should().BeTrue();
    }

    [Fact]
    public async Task Flush_has_everything_at_the_peer_when_it_ends()
    {
        Stream stream = _pipe.AsStream();
        for (int i = 0; i < 100; i++) await stream.WriteAsync(new byte[7]).Guarded();

        await stream.FlushAsync().Guarded();

        _peer.Input.TryRead(out ReadResult result).Should().BeTrue();
        result.Buffer.Length.Should().Be(700);
    }

    [Fact]
    public async Task A_blocking_flush_has_everything_at_the_peer_when_it_ends()
    {
        Stream stream = _pipe.AsStream();
        for (int i = 0; i < 100; i++) stream.WriteByte(1);

        stream.Flush();

        (await _peer.Input.ReadAtLeastAsync(100).Guarded()).Buffer.Length.Should().Be(100);
    }

    [Fact]
    public async Task Many_small_writes_cost_far_fewer_flushes_of_the_pipe()
    {
        const int Writes = 10_000;
        Pipe unlimited = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        CountingPipeWriter writer = new(unlimited.Writer);
        Stream stream = new PipeHalves(_pipe.Input, writer).AsStream();

        for (int i = 0; i < Writes; i++) stream.Write([1, 2, 3, 4]);

        (await unlimited.Reader.TakeAsync(Writes * 4)).Should().HaveCount(Writes * 4);
        writer.Flushes.Should().BeLessThan(Writes / 4);
    }

    [Fact]
    public async Task Dispose_ends_a_write_that_waits_with_ObjectDisposedException()
    {
        Stream stream = _pipe.AsStream();
        Task write = stream.WriteAsync(new byte[1_000_000]).AsTask();

        Task disposing = stream.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.Guarded());
        await disposing.Guarded();
    }

    [Fact]
    public async Task Flush_after_dispose_throws_ObjectDisposedException()
    {
        Stream stream = _pipe.AsStream();
        await stream.DisposeAsync().Guarded();

        Assert.Throws<ObjectDisposedException>(stream.Flush);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.FlushAsync().Guarded());
    }

    [Fact]
    public async Task Writes_that_overlap_all_arrive_whole()
    {
        Stream stream = _pipe.AsStream();
        Task<byte[]> receiving = _peer.Input.TakeAsync(20 * 50_000);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => stream.WriteAsync(Enumerable.Repeat((byte)i, 50_000).ToArray()).AsTask()))).Guarded();

        byte[][] messages = [.. (await receiving.Guarded()).Chunk(50_000)];
        messages.Should().OnlyContain(message => message.Distinct().Count() == 1);
        messages.Select(message => message[0]).Should().OnlyHaveUniqueItems();
    }
}
