using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>What was written in many pieces arrives whole and in order, by as few sends as can be.</summary>
public sealed class GatheredSendTests
{
    private const int TinyBuffer = 2048;
    private const int Amount = 400_000;

    /// <summary>Around the limits of what is gathered: 512 bytes on average, 64 pieces, 128 KiB at a time.</summary>
    public static MatrixTheoryData<int, bool, bool> Segmentations => new([16, 100, 511, 512, 513, 700, 2047, 2048, 2049, 4096, 30_000], [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Segmentations))]
    public async Task Bytes_in_any_segmentation_arrive_whole(int segmentSize, bool tinySendBuffer, bool flushThrough)
    {
        CountingMemoryPool pool = new(segmentSize);
        await ShouldArriveAsync(pool, segmentSize, tinySendBuffer, new PipeConnectionOptions { SendPipeOptions = SendPipe(pool, segmentSize), FlushThrough = flushThrough });
        pool.AssertClean();
    }

    [Theory]
    [InlineData(16)]
    [InlineData(4096)]
    public async Task Memory_that_is_no_array_arrives_whole(int segmentSize)
    {
        NativeMemoryPool pool = new(segmentSize);
        await ShouldArriveAsync(pool, segmentSize, tinySendBuffer: true, new PipeConnectionOptions { SendPipeOptions = SendPipe(pool, segmentSize) });
        pool.Outstanding.Should().Be(0);
    }

    [Fact]
    public async Task A_socket_that_is_left_open_gets_everything()
    {
        CountingMemoryPool pool = new(700);
        await ShouldArriveAsync(pool, 700, tinySendBuffer: true, new PipeConnectionOptions { SendPipeOptions = SendPipe(pool, 700), LeaveOpen = true });
        pool.AssertClean();
    }

    [Theory]
    [InlineData(2048, 10)]
    [InlineData(600, 50)]
    [InlineData(16, 1000)]
    public async Task A_flush_of_many_segments_is_one_send(int segmentSize, int segments)
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        (Socket client, Socket server) = await listener.ConnectPairAsync();
        CountingMemoryPool pool = new(segmentSize);
        PipeConnection connection = SocketConnection.Create(client, new PipeConnectionOptions { SendPipeOptions = SendPipe(pool, segmentSize), FlushThrough = true });
        byte[] payload = Payload.Seeded(segmentSize * segments);
        foreach (byte[] piece in payload.Chunk(segmentSize)) connection.Output.Put(piece);
        int before = SegmentsSent.By(client);

        await connection.Output.FlushAsync().Guarded();

        (SegmentsSent.By(client) - before).Should().Be(1);
        byte[] got = new byte[payload.Length];
        await using NetworkStream peer = new(server, ownsSocket: true);
        await peer.ReadExactlyAsync(got).Guarded();
        Payload.HashOf(got).Should().Be(Payload.HashOf(payload));
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    private static PipeOptions SendPipe(MemoryPool<byte> pool, int segmentSize) => new(
        pool, pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, minimumSegmentSize: segmentSize, useSynchronizationContext: false);

    private static async Task ShouldArriveAsync(MemoryPool<byte> pool, int segmentSize, bool tinySendBuffer, PipeConnectionOptions options)
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        (Socket client, Socket server) = await listener.ConnectPairAsync(socket =>
        {
            if (tinySendBuffer) socket.SendBufferSize = TinyBuffer;
        });
        using Socket own = client;
        await using NetworkStream peer = new(server, ownsSocket: true);
        byte[] payload = Payload.Seeded(Amount, segmentSize);
        byte[] got = new byte[Amount];
        Task receiving = peer.ReadExactlyAsync(got).AsTask();
        PipeConnection connection = SocketConnection.Create(client, options);

        await WriteInPiecesAsync(connection.Output, payload, segmentSize);

        await receiving.Guarded();
        Payload.HashOf(got).Should().Be(Payload.HashOf(payload), "the pool was {0}", pool);
        Task disposing = connection.DisposeAsync().AsTask();
        await peer.DisposeAsync();
        await disposing.Guarded();
        connection.BytesSent.Should().Be(Amount);
    }

    /// <summary>Pieces of all sizes, flushed now and then, so that a batch begins and ends anywhere in a block.</summary>
    private static async Task WriteInPiecesAsync(PipeWriter writer, ReadOnlyMemory<byte> payload, int seed)
    {
        Random random = Payload.NewRandom(seed);
        while (!payload.IsEmpty)
        {
            int count = Math.Min(payload.Length, random.Next(1, random.Next(2, 9000)));
            writer.Write(payload.Span[..count]);
            payload = payload[count..];
            if (random.Next(8) == 0) await writer.FlushAsync().Guarded();
        }

        await writer.FlushAsync().Guarded();
    }
}
