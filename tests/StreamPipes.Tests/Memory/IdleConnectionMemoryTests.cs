#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Memory;

/// <summary>An idle connection holds no block where the stream can wait without one, whatever the size of the last message was.</summary>
public sealed class IdleConnectionMemoryTests
{
    private const int BlockSize = 4096;

    public static MatrixTheoryData<int, PumpScheduling> Messages => new(
        [1, 511, 512, 513, BlockSize - 1, BlockSize, BlockSize + 1, (3 * BlockSize) - 1, 3 * BlockSize, 10 * BlockSize], [PumpScheduling.Default, PumpScheduling.ThreadPool]);

    private readonly CountingMemoryPool _pool = new(BlockSize);

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task An_idle_connection_over_a_stream_that_waits_on_empty_reads_holds_no_block(int size, PumpScheduling scheduling)
    {
        (MemoryDuplexStream near, MemoryDuplexStream far) = MemoryDuplexStream.CreatePair();
        PipeConnection connection = StreamConnection.Create(near, Options(size, scheduling));

        await ReceiveAsync(connection, size, message => far.WriteAsync(message).AsTask());

        await HoldsNothingAsync(connection);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task An_idle_connection_over_a_socket_holds_no_block(int size, PumpScheduling scheduling)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        using Socket peer = far;
        PipeConnection connection = SocketConnection.Create(near, Options(size, scheduling));

        await ReceiveAsync(connection, size, message => peer.SendAsync(message));

        await HoldsNothingAsync(connection);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task An_idle_connection_over_TLS_holds_no_block(int size, PumpScheduling scheduling)
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client, Options(size, scheduling));

        await ReceiveAsync(connection, size, message => pair.Server.WriteAsync(message).AsTask());

        await HoldsNothingAsync(connection);
    }

    [Fact]
    public async Task A_read_that_waits_with_a_block_in_vain_goes_back_to_waiting_without_one()
    {
        HandedOperations reads = new();
        TransportDouble transport = new(new ScriptedStream()) { Reads = reads, HasEmptyReads = true, LendsThreads = true };
        PipeConnection connection = PipeConnection.Over(transport, Options(1, PumpScheduling.Default));
        HandedOperation empty = await reads.NextAsync();
        empty.Length.Should().Be(0);

        // It was for bytes that an earlier read has taken: the next read waits, with a block.
        empty.Complete();
        (await reads.NextAsync()).Length.Should().BePositive();

        (await reads.NextAsync()).Length.Should().Be(0);
        _pool.Outstanding.Should().Be(0);
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    private PipeConnectionOptions Options(int size, PumpScheduling scheduling) => new()
    {
        UseZeroByteReads = true,
        Scheduling = scheduling,
        ReceivePipeOptions = new PipeOptions(_pool, pauseWriterThreshold: (4 * size) + 1, resumeWriterThreshold: (2 * size) + 1, minimumSegmentSize: BlockSize),
    };

    private static async Task ReceiveAsync(PipeConnection connection, int size, Func<byte[], Task> send)
    {
        Task sending = send(new byte[size]);
        for (int received = 0; received < size;)
        {
            ReadResult read = await connection.Input.ReadAsync().Guarded();
            received += (int)read.Buffer.Length;
            connection.Input.AdvanceTo(read.Buffer.End);
        }

        await sending.Guarded();
    }

    private async Task HoldsNothingAsync(PipeConnection connection)
    {
        Task<ReadResult> waiting = connection.Input.ReadAsync().AsTask();
        await Task.Run(() => SpinWait.SpinUntil(() => _pool.Outstanding == 0, HangGuard.Limit).Should().BeTrue($"{_pool.Outstanding} blocks are held")).Guarded();
        waiting.IsCompleted.Should().BeFalse();
        connection.Abort();
        await Record.ExceptionAsync(() => waiting.Guarded());
        await connection.DisposeAsync().Guarded();
    }
}
#endif
