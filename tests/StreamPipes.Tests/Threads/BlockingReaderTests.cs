#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Threads;

/// <summary>A reader that blocks its thread keeps no other thread from anything: not the pump, not the close, not an abort.</summary>
public sealed class BlockingReaderTests
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.ThreadPool)]
    public async Task A_reader_that_blocks_where_the_first_read_of_the_stream_resumed_it_receives_the_end(PumpScheduling scheduling)
    {
        FirstReadAtOnceStream stream = new();
        ReadResult last = await BlockAfterTheFirstReadAsync(stream, scheduling, () => stream.Second.TrySetResult(0)).Guarded();

        (last.IsCompleted, last.Buffer.Length).Should().Be((true, 0));
    }

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.ThreadPool)]
    public async Task A_reader_that_blocks_where_the_first_read_of_the_stream_resumed_it_receives_a_fault(PumpScheduling scheduling)
    {
        FirstReadAtOnceStream stream = new();
        IOException gone = new("gone");

        Exception? thrown = await Record.ExceptionAsync(() => BlockAfterTheFirstReadAsync(stream, scheduling, () => stream.Second.TrySetException(gone)).Guarded());

        thrown.Should().BeSameAs(gone);
    }

    [Fact]
    public async Task A_message_is_delivered_before_a_stream_that_blocks_in_its_asynchronous_reads_is_read_again()
    {
        BlockingReadStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();

        stream.Give();

        (await read.Guarded()).Buffer.Length.Should().Be(1);
        stream.Dispose();
        await connection.DisposeAsync().Guarded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_is_cancelled_although_the_stream_blocks_in_its_asynchronous_reads(bool byToken)
    {
        BlockingReadStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        using CancellationTokenSource source = new();
        Task<ReadResult> read = connection.Input.ReadAsync(source.Token).AsTask();
        await stream.InRead.Guarded();

        if (byToken) await source.CancelAsync();
        else connection.Input.CancelPendingRead();

        if (byToken) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        else (await read.Guarded()).IsCanceled.Should().BeTrue();
        stream.Dispose();
        await connection.DisposeAsync().Guarded();
    }

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.ThreadPool)]
    [InlineData(PumpScheduling.Inline)]
    [InlineData(PumpScheduling.DedicatedThreads)]
    public async Task The_close_is_bounded_while_a_reader_blocks_the_thread_of_its_pump(PumpScheduling scheduling)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        using Socket peer = far;
        PipeConnection connection = SocketConnection.Create(near, new PipeConnectionOptions { Scheduling = scheduling, CloseTimeout = CloseTimeout });
        using ManualResetEventSlim isBlocked = new();
        using ManualResetEventSlim unblock = new();
        Task reading = Task.Run(async () =>
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            isBlocked.Set();
            unblock.Wait(HangGuard.Limit).Should().BeTrue();
            return read;
        });
        await peer.SendAsync(new byte[1]);
        isBlocked.Wait(HangGuard.Limit).Should().BeTrue();

        await connection.DisposeAsync().Guarded();

        near.SafeHandle.IsClosed.Should().BeTrue();
        unblock.Set();
        await reading.Guarded();
    }

    [Theory]
    [InlineData(PumpScheduling.Inline)]
    [InlineData(PumpScheduling.DedicatedThreads)]
    public async Task An_abort_ends_a_close_without_limit_while_a_reader_blocks_the_thread_of_its_pump(PumpScheduling scheduling)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        using Socket peer = far;
        PipeConnection connection = SocketConnection.Create(near, new PipeConnectionOptions { Scheduling = scheduling, CloseTimeout = TimeSpan.FromMinutes(10) });
        using ManualResetEventSlim isBlocked = new();
        using ManualResetEventSlim unblock = new();
        Task reading = Task.Run(async () =>
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            isBlocked.Set();
            unblock.Wait(HangGuard.Limit).Should().BeTrue();
            return read;
        });
        await peer.SendAsync(new byte[1]);
        isBlocked.Wait(HangGuard.Limit).Should().BeTrue();

        Task disposing = connection.DisposeAsync().AsTask();
        connection.Abort();

        await Task.WhenAny(peer.ReceiveAsync(new byte[1])).Guarded();
        near.SafeHandle.IsClosed.Should().BeTrue("an abort closes the socket whoever blocks");
        unblock.Set();
        await disposing.Guarded();
        await reading.Guarded();
    }

    /// <summary>A reader awaits its first read, and blocks for its second on the thread that resumed it.</summary>
    private static async Task<ReadResult> BlockAfterTheFirstReadAsync(FirstReadAtOnceStream stream, PumpScheduling scheduling, Action end)
    {
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { Scheduling = scheduling });
        TaskCompletionSource isBlocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ReadResult> reading = Task.Run(async () =>
        {
            ValueTask<ReadResult> pending = connection.Input.ReadAsync();
            stream.ReaderWaits.Release();
            ReadResult first = await pending.ConfigureAwait(false);
            connection.Input.AdvanceTo(first.Buffer.End);
            Task<ReadResult> second = connection.Input.ReadAsync().AsTask();
            isBlocked.TrySetResult();
            return Blocking.WaitGuarded(second);
        });
        await isBlocked.Task.Guarded();
        await stream.InSecond.Guarded();
        end();
        return await reading;
    }

    /// <summary>The first read waits, blocking, until the reader waits, and then ends at once; the second ends when the test says so.</summary>
    private sealed class FirstReadAtOnceStream : TestStream
    {
        private readonly TaskCompletionSource _inSecond = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;

        public Gate ReaderWaits { get; } = new();

        public TaskCompletionSource<int> Second { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task InSecond => _inSecond.Task;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _reads) == 1)
            {
                Blocking.WaitGuarded(ReaderWaits.WaitAsync(CancellationToken.None));
                buffer.Span[0] = 1;
                return new ValueTask<int>(1);
            }

            _inSecond.TrySetResult();
            return new ValueTask<int>(Second.Task);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            Second.TrySetException(new ObjectDisposedException(nameof(FirstReadAtOnceStream)));
            return default;
        }
    }

    /// <summary>Its asynchronous reads block their thread until a byte is given, or the stream is disposed.</summary>
    private sealed class BlockingReadStream : TestStream
    {
        private readonly SemaphoreSlim _bytes = new(0);
        private readonly TaskCompletionSource _inRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isOver;

        public Task InRead => _inRead.Task;

        public void Give() => _bytes.Release();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _inRead.TrySetResult();
            _bytes.Wait(HangGuard.Limit, CancellationToken.None).Should().BeTrue();
            if (_isOver) return new ValueTask<int>(0);
            buffer.Span[0] = 1;
            return new ValueTask<int>(1);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            _isOver = true;
            _bytes.Release(2);
            return default;
        }
    }
}
#endif
