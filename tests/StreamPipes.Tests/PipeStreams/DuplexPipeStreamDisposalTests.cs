using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>Once the stream of <see cref="DuplexPipe.AsStream"/> is disposed it touches the pipe no more, and what it accepted has been sent once.</summary>
public sealed class DuplexPipeStreamDisposalTests
{
    private static readonly PipeOptions Narrow = new(pauseWriterThreshold: 10, resumeWriterThreshold: 5, useSynchronizationContext: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writes_queued_behind_a_blocked_one_throw_ObjectDisposedException(bool leaveOpen)
    {
        Pipe output = new(Narrow);
        Stream stream = Over(output.Writer, leaveOpen);
        Task[] writes = [.. new[] { 100, 100, 5000 }.Select(size => stream.WriteAsync(new byte[size]).AsTask()), stream.FlushAsync()];

        await DisposeAsync(stream);

        foreach (Task write in writes) await Assert.ThrowsAsync<ObjectDisposedException>(() => write.Guarded());
        output.Reader.TryRead(out ReadResult result).Should().BeTrue();
        result.Buffer.Length.Should().Be(100, "the others came too late");
        result.IsCompleted.Should().Be(!leaveOpen);
    }

    [Fact]
    public async Task A_blocking_write_queued_behind_a_blocked_one_throws_ObjectDisposedException()
    {
        Stream stream = Over(new Pipe(Narrow).Writer, leaveOpen: true);
        Task first = stream.WriteAsync(new byte[100]).AsTask();
        Task second = Task.Factory.StartNew(() => stream.Write(new byte[100], 0, 100), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await DisposeAsync(stream);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.Guarded());
    }

    [Fact]
    public async Task A_disposed_stream_flushes_nothing_more()
    {
        for (int round = 0; round < 500; round++)
        {
            CountingPipeWriter writer = new(new Pipe().Writer);
            Stream stream = Over(writer, leaveOpen: true);
            stream.WriteByte(1);
            stream.WriteByte(2);

            await DisposeAsync(stream);

            int flushes = writer.Flushes;
            Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
            writer.Flushes.Should().Be(flushes, "a read no longer flushes what has gathered");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_waits_for_the_flush_in_the_background_and_sends_every_byte_once(bool leaveOpen)
    {
        HeldStream peer = new(heldWrite: 2);
        Stream stream = Over(PipeWriter.Create(peer), leaveOpen);
        await stream.WriteAsync(new byte[] { 1 }).Guarded();
        await stream.WriteAsync(new byte[] { 2, 3 }).Guarded();
        await peer.Reached.Guarded();

        Task disposing = DisposeAsync(stream);
        bool hasWaited = !disposing.IsCompleted;
        bool isCanceled = peer.Token.IsCancellationRequested;
        peer.Release();

        await disposing;
        hasWaited.Should().BeTrue("the writer is in use");
        isCanceled.Should().BeFalse("half of the bytes may have been sent");
        peer.Written.Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task A_blocking_dispose_does_not_wait_for_the_flush_in_the_background_and_the_writer_is_completed_after_it()
    {
        HeldStream peer = new(heldWrite: 2);
        Stream stream = Over(PipeWriter.Create(peer), leaveOpen: false);
        await stream.WriteAsync(new byte[] { 1 }).Guarded();
        await stream.WriteAsync(new byte[] { 2, 3 }).Guarded();
        await peer.Reached.Guarded();

        stream.Dispose();
        bool wasOpen = !peer.Closed.IsCompleted;
        peer.Release();

        await peer.Closed.Guarded();
        wasOpen.Should().BeTrue();
        peer.Written.Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task Dispose_cancels_a_write_that_is_stuck_in_a_foreign_writer()
    {
        HeldStream peer = new(heldWrite: 1);
        Stream stream = Over(PipeWriter.Create(peer), leaveOpen: true);
        Task write = stream.WriteAsync(new byte[] { 1 }).AsTask();
        await peer.Reached.Guarded();

        await DisposeAsync(stream);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.Guarded());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_ends_a_flush_in_the_background_that_waits_for_the_reader(bool leaveOpen)
    {
        Pipe output = new(Narrow);
        Stream stream = Over(output.Writer, leaveOpen);
        stream.WriteByte(1);
        stream.Write(new byte[100], 0, 100);
        ReadResult seen = await output.Reader.ReadAtLeastAsync(101).Guarded();
        output.Reader.AdvanceTo(seen.Buffer.Start);
        Task flush = stream.FlushAsync();

        await DisposeAsync(stream);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => flush.Guarded());
        (await output.Reader.TakeAsync(101)).Should().HaveCount(101);
    }

    [Fact]
    public async Task A_cancellation_that_came_too_late_for_the_stream_is_not_left_to_the_owner()
    {
        LateWriter writer = new();
        Stream stream = Over(writer, leaveOpen: true);
        Task write = stream.WriteAsync(new byte[] { 1 }).AsTask();

        await DisposeAsync(stream);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.Guarded());
        (await writer.FlushAsync()).IsCanceled.Should().BeFalse();
    }

    [Fact]
    public async Task Dispose_does_not_wait_for_a_half_close_that_nobody_takes()
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(tcp.Client, new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) });
        PipeConnection outer = StreamConnection.Create(connection.AsStream(), new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) });
        Task write = outer.Output.WriteAsync(new byte[50_000_000]).AsTask();
        write.IsCompleted.Should().BeFalse("the peer reads nothing");

        await Thrown.ByAsync(() => outer.DisposeAsync().Guarded());

        await Thrown.ByAsync(() => connection.Completion.Guarded());
        connection.Completion.IsCompleted.Should().BeTrue();
        await Thrown.ByAsync(() => write.Guarded());
    }

    [Fact]
    public async Task A_reader_that_is_left_open_has_been_given_back_once_the_dispose_is_over()
    {
        for (int round = 0; round < 1000; round++)
        {
            Pipe input = new(new PipeOptions(useSynchronizationContext: false));
            Stream stream = new PipeHalves(input.Reader, new Pipe().Writer).AsStream(leaveOpen: true);
            Task<int> read = stream.ReadAsync(new byte[1]).AsTask();

            await DisposeAsync(stream);

            input.Reader.TryRead(out _).Should().BeFalse();
            await input.Writer.WriteAsync(new byte[] { 7 }).Guarded();
            (await input.Reader.TakeAsync(1)).Should().Equal(7);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());
        }
    }

    private static Stream Over(PipeWriter writer, bool leaveOpen) => new PipeHalves(new Pipe().Reader, writer).AsStream(leaveOpen);

    private static Task DisposeAsync(Stream stream) => ((IAsyncDisposable)stream).DisposeAsync().Guarded();

    /// <summary>Takes bytes; one of its writes waits to be released, or cancelled.</summary>
    private sealed class HeldStream(int heldWrite) : MemoryStream
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _writes;

        public Task Reached => _reached.Task;

        public Task Closed => _closed.Task;

        public CancellationToken Token { get; private set; }

        public byte[] Written => ToArray();

        public void Release() => _released.TrySetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] bytes = buffer.ToArray();
            if (++_writes == heldWrite)
            {
                Token = cancellationToken;
                _reached.TrySetResult();
                await _released.Task.WaitAsync(cancellationToken);
            }

            Write(bytes, 0, bytes.Length);
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            _closed.TrySetResult();
        }
    }

    /// <summary>Its first flush has just ended when it is cancelled, so that the cancellation is there for the next one.</summary>
    private sealed class LateWriter : PipeWriter
    {
        private readonly TaskCompletionSource<FlushResult> _first = new();
        private readonly byte[] _buffer = new byte[4096];
        private int _flushes;
        private bool _isCanceled;

        public override void Advance(int bytes)
        {
            // Nobody looks at them.
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override void CancelPendingFlush()
        {
            _isCanceled = true;
            _first.TrySetResult(default);
        }

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (++_flushes == 1) return new ValueTask<FlushResult>(_first.Task);
            FlushResult result = new(_isCanceled, isCompleted: false);
            _isCanceled = false;
            return new ValueTask<FlushResult>(result);
        }
    }
}
