using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>The end of a stream over a pipe: one close that every call waits for, and a pipe that stays open when it is to.</summary>
public sealed class DisposeTests
{
    private static readonly PipeOptions Narrow = new(pauseWriterThreshold: 10, resumeWriterThreshold: 5, useSynchronizationContext: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_DisposeAsync_waits_for_the_close_that_another_dispose_has_begun(bool beganBlocking)
    {
        Gate gate = new();
        Pipe output = new();
        Stream stream = new PipeHalves(new Pipe().Reader, new HeldWriter(output.Writer, gate)).AsStream();
        Task first = beganBlocking ? Task.Run(stream.Dispose) : DisposeAsync(stream);
        await gate.Called.Guarded();

        Task second = DisposeAsync(stream);
        bool hasWaited = !second.IsCompleted;
        gate.Release();

        await Task.WhenAll(first, second).Guarded();
        hasWaited.Should().BeTrue("the pipe was not completed yet");
        await output.Reader.ShouldEndAsync();
    }

    [Fact]
    public async Task Every_DisposeAsync_throws_what_the_close_threw()
    {
        Gate gate = new();
        IOException failure = new("cannot complete");
        Stream stream = new PipeHalves(new Pipe().Reader, new HeldWriter(new Pipe().Writer, gate) { Failure = failure }).AsStream();
        stream.Dispose();
        Task first = DisposeAsync(stream);
        Task second = DisposeAsync(stream);

        gate.Release();

        (await Assert.ThrowsAsync<IOException>(() => first.Guarded())).Should().BeSameAs(failure);
        (await Assert.ThrowsAsync<IOException>(() => second.Guarded())).Should().BeSameAs(failure);
        stream.Dispose();
    }

    [Fact]
    public async Task A_connection_under_the_stream_has_ended_when_DisposeAsync_after_a_Dispose_returns()
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(tcp.Client, new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(100) });
        Stream stream = connection.AsStream();
        await stream.WriteAsync("bye"u8.ToArray()).Guarded();

        stream.Dispose();
        await DisposeAsync(stream).Guarded();

        connection.Completion.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task A_layer_over_a_stream_that_leaves_its_pipe_open_ends_without_completing_the_pipe()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        await using (PipeConnection layer = StreamConnection.Create(near.AsStream(leaveOpen: true)))
        {
            await layer.Output.WriteTextAsync("by the layer,");
        }

        await near.Output.WriteTextAsync(" and after it");

        (await far.Input.ReadTextAsync(26)).Should().Be("by the layer, and after it");
        await PipeExtensions.ShouldTalkAsync(near, far);
    }

    [Fact]
    public async Task A_half_close_over_a_stream_that_leaves_its_pipe_open_sends_everything_and_reading_goes_on()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        await using PipeConnection layer = StreamConnection.Create(near.AsStream(leaveOpen: true));
        await layer.Output.WriteTextAsync("question");

        await layer.Output.CompleteAsync().Guarded();

        (await far.Input.ReadTextAsync(8)).Should().Be("question");
        far.Input.TryRead(out _).Should().BeFalse("the pipe has not ended");
        await far.Output.WriteTextAsync("answer");
        (await layer.Input.ReadTextAsync(6)).Should().Be("answer");
    }

    [Fact]
    public async Task With_leaveOpen_DisposeAsync_hands_everything_to_a_full_pipe_and_does_not_wait_for_its_reader()
    {
        for (int round = 0; round < 200; round++)
        {
            Pipe output = new(Narrow);
            Stream stream = new PipeHalves(new Pipe().Reader, output.Writer).AsStream(leaveOpen: true);
            await stream.WriteAsync(new byte[1]).Guarded();
            await stream.WriteAsync(new byte[20]).Guarded();
            if (round % 2 == 1)
            {
                // The thread pool has flushed them, and its flush waits.
                ReadResult seen = await output.Reader.ReadAtLeastAsync(21).Guarded();
                output.Reader.AdvanceTo(seen.Buffer.Start);
            }

            await DisposeAsync(stream).Guarded();

            output.Reader.TryRead(out ReadResult result).Should().BeTrue();
            result.Buffer.Length.Should().Be(21);
            output.Reader.AdvanceTo(result.Buffer.End);
            FlushResult next = await output.Writer.WriteAsync(new byte[1]).Guarded();
            next.IsCanceled.Should().BeFalse("no cancellation is left to the owner");
        }
    }

    [Fact]
    public async Task A_destination_keeps_the_memory_it_was_given_until_it_is_done_also_after_the_dispose()
    {
        CountingMemoryPool pool = new(blockSize: 64);
        Pipe input = new(new PipeOptions(pool, minimumSegmentSize: 64, useSynchronizationContext: false));
        byte[] payload = Payload.Seeded(50);
        await input.Writer.WriteAsync(payload).Guarded();
        await input.Writer.CompleteAsync();
        Stream stream = new PipeHalves(input.Reader, new Pipe().Writer).AsStream();
        SlowDestination destination = new();
        Task copying = stream.CopyToAsync(destination);

        await DisposeAsync(stream).Guarded();
        long outstanding = pool.Outstanding;
        destination.Gate.Release();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => copying.Guarded());
        destination.ToArray().Should().Equal(payload);
        outstanding.Should().Be(1, "the destination was still at work on it");
        pool.AssertClean();
    }

    private static Task DisposeAsync(Stream stream) => ((IAsyncDisposable)stream).DisposeAsync().AsTask();

    /// <summary>Looks at what it was given only when it is released.</summary>
    private sealed class SlowDestination : MemoryStream
    {
        public Gate Gate { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Gate.WaitAsync(cancellationToken);
            Write(buffer.Span);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
